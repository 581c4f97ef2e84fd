/**
 * Up to 50 participants of one session, each with a connection and a journal of its own, in one process. Told once what
 * to do: { addresses, trust, taskId, seed, number, from, count, length, pace, held }; says { ready } when all of them wait for
 * the session, { acked } for each upload that was acknowledged, and { reports } when all have ended. Participant 0 holds its messages of the rounds `held` back until
 * { release: round } comes: so long those rounds stay open.
 */
import { createNodeEngine } from '../../../dist/crypto/engine/node.js';
import {
  createClient,
  createGrpcTransport,
  createMemoryJournal,
  createTokenSource,
  loadTrust,
  signerFromSeed,
} from '../../../dist/src/client/node/index.js';
import { drawing, identityOf, inputOf, sumName } from './inputs.mjs';
import { watchedTransport } from './watched-transport.mjs';

process.on('disconnect', () => process.exit(0));
process.once('message', (about) => {
  const gates = new Map(about.held.map((round) => [round, openable()]));
  process.on('message', ({ release }) => gates.get(release)?.open());
  void run({ ...about, gates });
});

function openable() {
  let open;
  const opened = new Promise((resolve) => (open = resolve));
  return { open, opened };
}

async function run(about) {
  const trust = loadTrust(about.trust);
  const engine = createNodeEngine();
  let waiting = 0;
  const waits = () => {
    waiting += 1;
    if (waiting === about.count) process.send({ ready: true });
  };
  const indices = Array.from({ length: about.count }, (_, i) => about.from + i);
  const reports = await Promise.all(
    indices.map((index) => participate(about, { index, trust, engine, waits })),
  );
  process.send({ reports }, () => process.exit(0));
}

async function participate(about, { index, trust, engine, waits }) {
  const { addresses, taskId, seed, number, length, pace, gates } = about;
  const identity = identityOf(seed, number, index);
  const signer = signerFromSeed(identity.seed, identity.publicKey);
  const grpc = createGrpcTransport({
    coordinator: addresses,
    ca: trust.ca,
    token: createTokenSource({ signer, coordinatorKey: trust.anchors.coordinator }),
    certificate: null,
  });
  const released = async (round) => {
    if (index === 0) await gates.get(`r${round}`)?.opened;
  };
  const onAcked = () => process.send({ acked: true });
  const draw = drawing(`${seed}/pace/${number}/${index}`);
  const { seen, transport } = watchedTransport(grpc, pace, draw, { released, onAcked });
  const journal = createMemoryJournal(identity.publicKey);
  const client = createClient({ transport, journal, trust, identity: signer, certificate: null, engine });
  let retries = 0;
  const onProgress = ({ type }) => {
    if (type === 'waiting') waits();
    if (type === 'retry') retries += 1;
  };
  try {
    const vectors = { x: inputOf(seed, number, index, length) };
    const { sum } = await client.contribute({ task: taskId, vectors, onProgress });
    return { index, ...seen, retries, sum: sumName(sum.x), code: null };
  } catch (error) {
    return { index, ...seen, retries, sum: null, code: `${error.code ?? 'none'} (${error.message})` };
  } finally {
    grpc.close();
  }
}
