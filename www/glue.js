// The engine's entry: one classic script, because `import()` knows no integrity. It hands what it can do to
// the loader on its own <script> element, so no global is made. esbuild puts wasm-bindgen's output for
// `widget` in here. Imported by name: esbuild fills a namespace object in a `for in` loop, which a page that
// polluted `Object.prototype` would break. docs/ARCHITECTURE.md, "From script tag to answer", tells the order.
import init, { mount } from 'widget';

document.currentScript.lokalsvar = {
  /** @param {WebAssembly.Module} module  compiled by the loader, whose hash it checked */
  start: module => init({ module_or_path: module }).then(() => ({ mount })),
};
