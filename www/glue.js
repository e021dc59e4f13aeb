// The engine's entry: one classic script, because `import()` knows no integrity. It hands what it can do to
// the loader on its own <script> element, so no global is made. esbuild puts wasm-bindgen's output for
// `widget` in here. Imported by name: esbuild fills a namespace object in a `for in` loop, which a page that
// polluted `Object.prototype` would break. docs/ARCHITECTURE.md, "From script tag to answer", tells the order.
import { __wbg_finalize_init, __wbg_get_imports, mount } from 'widget';

const script = document.currentScript;

/** A panic stops the WASM at once and says nothing (it could be what the citizen wrote). The trap then
    surfaces as an error of the page whose stack names this file: the loader shows the phone. */
function watch(root, options) {
  addEventListener('error', ({ error }) => {
    if (error instanceof WebAssembly.RuntimeError && `${error.stack}`.includes(script.src)) {
      options.on_event('failed', '');
    }
  });
  return mount(root, options);
}

script.lokalsvar = {
  /** @param {WebAssembly.Module} module  compiled by the loader, whose hash it checked */
  start: module => WebAssembly.instantiate(module, __wbg_get_imports()).then(instance => {
    __wbg_finalize_init(instance, module);
    return { mount: watch };
  }),
};
