// What the bench sets beside the engine: MiniSearch and NLP.js, trained in the page on the same examples. A search
// engine answers with its best example's intent after a vote of the first ten.
import { containerBootstrap } from '@nlpjs/core';
import { LangDa } from '@nlpjs/lang-da';
import { Nlp } from '@nlpjs/nlp';
import MiniSearch from 'minisearch';

export function minisearch(examples) {
  const index = new MiniSearch({ fields: ['text'], storeFields: ['intent'] });
  index.addAll(examples.map(({ intent, text }, id) => ({ id, intent, text })));
  return question => {
    const votes = new Map();
    for (const { intent, score } of index.search(question, { fuzzy: 0.2 }).slice(0, 10)) {
      votes.set(intent, (votes.get(intent) ?? 0) + score);
    }
    return [...votes].sort((a, b) => b[1] - a[1]).slice(0, 5);
  };
}

export async function nlpjs(examples) {
  const container = await containerBootstrap();
  container.use(Nlp);
  container.use(LangDa);
  const nlp = container.get('nlp');
  // Only its ranking of intents: no entities, no sentiment, nothing logged or saved.
  Object.assign(nlp.settings, { autoSave: false, calculateSentiment: false, forceNER: false });
  container.registerConfiguration('nlu-*', { ...container.getConfiguration('nlu-??'), log: false }, true);
  nlp.addLanguage('da');
  for (const { intent, text } of examples) nlp.addDocument('da', text, intent);
  await nlp.train();
  return async question => (await nlp.process('da', question)).classifications.slice(0, 5);
}
