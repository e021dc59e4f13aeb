// Screenshots compared point by point: reads the PNGs that Chromium writes (8 bits, RGB or RGBA, not interlaced).
import { inflateSync } from 'node:zlib';

/** Width, height and RGB bytes. */
export function pixels(png) {
  let [at, width, height, channels] = [8];
  const data = [];
  while (at < png.length) {
    const length = png.readUInt32BE(at);
    const kind = png.toString('latin1', at + 4, at + 8);
    const body = png.subarray(at + 8, at + 8 + length);
    if (kind === 'IHDR') {
      [width, height] = [body.readUInt32BE(0), body.readUInt32BE(4)];
      channels = { 2: 3, 6: 4 }[body[9]];
      if (body[8] !== 8 || !channels || body[12]) throw new Error('a PNG of another kind');
    }
    if (kind === 'IDAT') data.push(body);
    at += length + 12;
  }
  const raw = inflateSync(Buffer.concat(data));
  const row = width * channels;
  const out = Buffer.alloc(row * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (row + 1)];
    for (let x = 0; x < row; x++) {
      const left = x >= channels ? out[y * row + x - channels] : 0;
      const up = y ? out[(y - 1) * row + x] : 0;
      const corner = y && x >= channels ? out[(y - 1) * row + x - channels] : 0;
      const guess = left + up - corner;
      const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - up), Math.abs(guess - corner)];
      const paeth = a <= b && a <= c ? left : b <= c ? up : corner;
      out[y * row + x] = raw[y * (row + 1) + 1 + x] + [0, left, up, (left + up) >> 1, paeth][filter];
    }
  }
  const rgb = channels === 3 ? out : Buffer.from(out.filter((_, i) => i % 4 < 3));
  return { width, height, rgb };
}

/** Share of points that differ in any colour by more than `slack` of 255. */
export function difference(one, other, slack = 8) {
  const [a, b] = [pixels(one), pixels(other)];
  if (a.width !== b.width || a.height !== b.height) return 1;
  let differ = 0;
  for (let i = 0; i < a.rgb.length; i += 3) {
    differ += [0, 1, 2].some(c => Math.abs(a.rgb[i + c] - b.rgb[i + c]) > slack);
  }
  return differ / (a.width * a.height);
}
