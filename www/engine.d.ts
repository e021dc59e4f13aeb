// Types of the engine as a library: the ES module that manifest.json names with app `engine` and role `glue`.
// Written by hand; tests/browser/library.test.mjs compares them with what the module has. docs/embed-api.md explains.

/** Compiles the WASM. Call it once, before anything else. `module_or_path`: its address, a `Response` or a compiled module. */
export default function init(options: {
  module_or_path: string | URL | Request | Response | Promise<Response> | BufferSource | WebAssembly.Module;
}): Promise<unknown>;

/** The same with what is there already, at once. */
export function initSync(options: { module: BufferSource | WebAssembly.Module }): unknown;

/** What became of a question. Confidence is 0 to 1. */
export interface Reply {
  outcome: 'answer' | 'clarify' | 'fallback';
  /** Id of the answered intent, `pas/pris-paa-pas`. */
  answer: string | null | undefined;
  /** Ids on offer, at most four. */
  options: string[];
  /** Id and confidence, at most five, best first. */
  top: [string, number][];
}

/** An intent with its title. */
export interface Shown {
  intent: string;
  title: string;
}

/** What one word gave the first and the second intent. */
export interface WordShare {
  word: string;
  /** How the word was read, empty when as written. */
  read_as: string;
  first: number;
  second: number;
}

/** An answer as a text that a person can send on. */
export interface Saved {
  intent: string;
  title: string;
  /** Plain text, a line for each row. */
  text: string;
}

/** One kommune's knowledge. Opens no connection and stores nothing. */
export class Engine {
  private constructor();
  /** Opens a `.kb` file. Throws an `Error` when it is no bundle of `kommune` (empty: any) and this format, or was changed. */
  static load(bundle: Uint8Array, kommune: string): Engine;
  /** Adds `<slug>.details-….kb`: steps, and help in a crisis. Throws as `load`. */
  add_details(file: Uint8Array): void;
  /** Adds a language file. Throws as `load`. */
  add_language(file: Uint8Array): void;
  /** Asks one question outside any conversation. `now_ms`: `Date.now()`. */
  ask(question: string, now_ms: number): Reply;
  /** At most five answers for what was typed so far. */
  suggest(typed: string, lang: 'da' | 'en'): Shown[];
  /** Which words counted how much. */
  explain(question: string): WordShare[];
  /** At most six answers for a question or a part of one, best first, as they hold at `now_ms` (`Date.now()`). */
  replies(question: string, lang: 'da' | 'en', now_ms: number): Saved[];
  /** What an intent or a topic is called, in Danish. */
  title(id: string): string | undefined;
  /** The ranking to the last bit, for tests. */
  bits(question: string): string;
  /** Gives the memory back; the object cannot be used any more. */
  free(): void;
}
