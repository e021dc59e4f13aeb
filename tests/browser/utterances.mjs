// Utterances for comparing and timing: the example utterances of a kommune's topics, and what citizens and
// chance make of them. Always the same for the same knowledge; no clock, no Math.random.
import { readFileSync, readdirSync } from 'node:fs';

const knowledge = new URL('../../kb-bundle/', import.meta.url);

/** Example utterances that `kommune` answers: `[{intent, text, lang}]`, in order of the files. */
export function examples(kommune) {
  const rows = [];
  for (const folder of ['faelles/', `kommuner/${kommune}/emner/`]) {
    const files = readdirSync(new URL(folder, knowledge)).filter(name => name.endsWith('.md')).sort();
    for (const file of files) {
      let intent, lang;
      for (const line of readFileSync(new URL(folder + file, knowledge), 'utf8').split('\n')) {
        if (line.startsWith('#')) lang = { '### Borgere skriver': 'da', '### Citizens write': 'en' }[line.trim()];
        if (line.startsWith('## ')) intent = undefined;
        if (line.startsWith('id: ')) intent = line.slice(4).trim();
        if (lang && intent && line.startsWith('- ')) rows.push({ intent, text: line.slice(2), lang });
      }
    }
  }
  return rows;
}

/** Whole numbers below n, the same row for the same seed (mulberry32). */
export function dice(seed) {
  return n => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), seed | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
}

const PLACES = ['Malmö', 'Flensborg', 'Nuuk', 'Tórshavn', 'Oslo', 'Łódź', 'São Paulo', 'Reykjavík', 'العراق', 'Київ', '東京'];
const KEYS = 'qwertyuiopåasdfghjklæøzxcvbnm';
const SPELT = { 'æ': 'ae', 'ø': 'oe', 'å': 'aa', 'Æ': 'Ae', 'Ø': 'Oe', 'Å': 'Aa' };
const SPLIT = { 'æ': 'a', 'ø': 'o', 'å': 'a' };

/** What a citizen writes who is in a hurry or has another keyboard: name and change of a text. */
const LIKELY = {
  'as written': text => text,
  'two letters swapped': (text, roll) => at(text, roll, (a, b) => b + a, 2),
  'a letter missing': (text, roll) => at(text, roll, () => ''),
  'a letter twice': (text, roll) => at(text, roll, a => a + a),
  'a wrong letter': (text, roll) => at(text, roll, () => KEYS[roll(KEYS.length)]),
  'two slips': (text, roll) => at(at(text, roll, (a, b) => b + a, 2), roll, () => KEYS[roll(KEYS.length)]),
  'ae, oe, aa': text => text.replace(/[æøå]/gi, letter => SPELT[letter]),
  'a, o': text => text.replace(/[æøå]/g, letter => SPLIT[letter]),
  'upper case': text => text.toUpperCase(),
  'words joined': (text, roll) => nth(text, / /g, roll, () => ''),
  'a word split': (text, roll) => at(text, roll, (a, b) => `${a} ${b}`, 2),
  'a foreign place': (text, roll) => `${text} i ${PLACES[roll(PLACES.length)]}`,
  'no marks': text => text.replace(/[^\p{L}\p{N} ]/gu, ''),
};

/** What nobody means to write, and the matcher must read in the same way all the same. */
const WILD = {
  'any characters': (_, roll) => Array.from({ length: roll(40) }, () => letter(roll)).join(''),
  'any character in between': (text, roll) => at(text, roll, a => a + letter(roll)),
  'letters and their marks apart': text => text.normalize('NFD'),
  'very long': (text, roll) => Array(20 + roll(60)).fill(text).join(roll(2) ? ' ' : '. '),
  'empty or blank': (_, roll) => ' '.repeat(roll(3)),
  'numbers': (text, roll) => `${roll(10 ** (1 + roll(9)))} ${text} ${roll(3000)}`,
};

function at(text, roll, change, width = 1) {
  const letters = [...text];
  const place = roll(Math.max(1, letters.length - width + 1));
  letters.splice(place, width, change(...letters.slice(place, place + width), ''));
  return letters.join('');
}

function nth(text, pattern, roll, change) {
  const wanted = roll(Math.max(1, [...text.matchAll(pattern)].length));
  let i = 0;
  return text.replace(pattern, found => (i++ === wanted ? change(found) : found));
}

/** Any character but half a surrogate pair, which no file can hold. */
function letter(roll) {
  const code = [0x80, 0x250, 0x3000, 0x10000, 0x110000][roll(5)];
  const chosen = roll(code);
  return String.fromCodePoint(chosen >= 0xd800 && chosen < 0xe000 ? chosen - 0x800 : chosen);
}

/** `count` utterances `{intent, text, how}`, one line each: examples changed in turn, with `wild` also in odd ways. */
export function utterances(rows, count, { wild = false, seed = 20261121 } = {}) {
  const ways = Object.entries(wild ? { ...LIKELY, ...WILD } : LIKELY);
  const roll = dice(seed);
  return Array.from({ length: count }, (_, i) => {
    const [how, change] = ways[i % ways.length];
    const { intent, text } = rows[roll(rows.length)];
    return { intent, text: change(text, roll).replace(/[\n\r]/g, ' '), how };
  });
}
