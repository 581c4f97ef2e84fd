// A participant in a process of its own, from dist/. The coordinator is in the parent: calls go over the IPC channel as
// { id, method, args }, replies come back as { id, value }, { id, error } or, for streams, { id, item } … { id, end }.
/* global AbortSignal */
import {
  BlindsumError,
  createClient,
  openFileJournal,
  parseTrust,
  signerFromSeed,
} from '../../../dist/src/client/node/index.js';
import { identityFromSeed } from '../../../dist/crypto/index.js';

const waiting = new Map();
let last = 0;

process.on('disconnect', () => process.exit(0));
process.on('message', (message) => {
  if (message.start !== undefined) void run(message.start);
  else waiting.get(message.id)?.(message);
});

function call(method, args) {
  const id = ++last;
  return new Promise((resolve, reject) => {
    waiting.set(id, ({ value, error }) => {
      waiting.delete(id);
      if (error === undefined) resolve(value);
      else reject(new BlindsumError(error.code, error.fault, error.message));
    });
    process.send({ id, method, args });
  });
}

async function* stream(method, args, signal) {
  const id = ++last;
  const items = [];
  let wake = () => {};
  waiting.set(id, (message) => {
    items.push(message);
    wake();
  });
  signal.addEventListener('abort', () => wake());
  process.send({ id, method, args, stream: true });
  while (!signal.aborted) {
    const message = items.shift();
    if (message === undefined) await new Promise((resolve) => (wake = resolve));
    else if (message.error !== undefined)
      throw new BlindsumError(message.error.code, message.error.fault, message.error.message);
    else if (message.end === true) return;
    else yield message.item;
  }
}

const transport = new Proxy(
  {},
  {
    get: (_target, method) =>
      method === 'watchSessions' || method === 'watchSession'
        ? (id, signal) => stream(method, [id], signal)
        : (...args) =>
            call(
              method,
              args.filter((arg) => !(arg instanceof AbortSignal)),
            ),
  },
);

async function run({ seed, trust, journal: path, task, vectors, resume }) {
  try {
    const { publicKey } = identityFromSeed(seed);
    const journal = openFileJournal(path, publicKey);
    process.send({ opened: true });
    const client = createClient({
      transport,
      journal,
      trust: parseTrust(trust),
      identity: signerFromSeed(seed, publicKey),
      certificate: null,
    });
    const { sum, receipt } = await client.contribute({ task, vectors, resume });
    await journal.close();
    process.send({ done: { sum, session: receipt.session } });
  } catch (error) {
    process.send({ failed: { code: error.code ?? 'none', message: error.message } });
  }
}

process.send({ ready: true });
