// A real small model behind the chat completions protocol, as `cargo xtask test-llm` needs it: one question at a time, streamed, with
// tokens counted. Usage: node server.mjs MODEL.gguf; prints its port; with LOG=FILE what the model wrote goes there. Runs on the processor alone and downloads nothing.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { getLlama, LlamaChatSession } from 'node-llama-cpp';

const [path] = process.argv.slice(2);
const llama = await getLlama({ gpu: false, build: 'never', logLevel: 'error' });
const model = await llama.loadModel({ modelPath: path });
const context = await model.createContext({ contextSize: 4096, batchSize: 512, threads: Number(process.env.THREADS ?? 1) });

let last = Promise.resolve();

/** Answers one question; the next one waits. */
function answer(body, response) {
  const mine = last.then(() => write(body, response)).catch((error) => {
    if (!response.headersSent) response.writeHead(500, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ error: { message: String(error?.message ?? error) } }));
  });
  last = mine;
  return mine;
}

async function write(body, response) {
  const of = (role) => body.messages.filter((message) => message.role === role).map((message) => message.content).join('\n');
  const sequence = context.getSequence();
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    const session = new LlamaChatSession({ contextSequence: sequence, systemPrompt: of('system') });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    const send = (value) => response.write(`data: ${JSON.stringify(value)}\n\n`);
    const chunk = (delta, reason = null) => ({ object: 'chat.completion.chunk', model: body.model, choices: [{ index: 0, delta, finish_reason: reason }] });
    const done = await session.promptWithMeta(of('user'), {
      temperature: body.temperature ?? 0,
      maxTokens: body.max_tokens,
      signal: gone.signal,
      stopOnAbortSignal: true,
      onTextChunk: (content) => send(chunk({ content })),
    });
    if (process.env.LOG) appendFileSync(process.env.LOG, `${JSON.stringify({ text: done.responseText })}\n`);
    send(chunk({}, done.stopReason === 'maxTokens' ? 'length' : 'stop'));
    const meter = sequence.tokenMeter;
    send({ choices: [], usage: { prompt_tokens: meter.usedInputTokens, completion_tokens: meter.usedOutputTokens } });
    response.end('data: [DONE]\n\n');
  } finally {
    sequence.dispose();
  }
}

const server = createServer((request, response) => {
  if (request.method !== 'POST' || !request.url.endsWith('/chat/completions')) {
    response.writeHead(404).end();
    return;
  }
  const parts = [];
  request.on('data', (part) => parts.push(part));
  request.on('end', () => answer(JSON.parse(Buffer.concat(parts).toString('utf8')), response));
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
