/**
 * One hospital of the demo, a process of its own: it loads its own patients, holds its own key and journal, and talks to
 * the coordinator over TLS. What the parent tells it is when to begin, and in two sessions where to stop.
 */
import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { toHex } from '../../../crypto/bytes.js';
import { createNodeEngine } from '../../../crypto/engine/node.js';
import { systemRandom } from '../../../crypto/random.js';
import {
  type Client,
  createClient,
  createGrpcTransport,
  createTokenSource,
  type GrpcTransport,
  openFileJournal,
  parseTrust,
  type ProgressEvent,
  readSigner,
  type Signer,
  writeIdentity,
} from '../../client/node/index.js';
import type { Journal } from '../../client/journal.js';
import { writeReceipt } from '../../client/node/receipt-folder.js';
import { fileLineage, loadTensorFlow, type Place, trainParticipant } from '../../learning/index.js';
import { contributeRecords } from '../../statistics/index.js';
import { type Hospital, hospitalData, standardise } from './hospitals.js';
import type { FromParticipant, ToParticipant } from './messages.js';
import { linkToParent } from './parent-link.js';
import { pausing, type PausingTransport } from './pausing.js';
import { DEMO_TRAINING, trainingSeed } from './reference.js';
import { checkOwn, DATASET, fromMeta, recordsOf, saveOwn, standardisationOf } from './standardisation.js';

type Start = Extract<ToParticipant, { type: 'start' }>;
type Connect = Extract<ToParticipant, { type: 'connect' }>;

interface Self {
  readonly start: Start;
  readonly hospital: Hospital;
  readonly identity: Signer;
  readonly file: (name: string) => string;
}

interface Connected {
  readonly client: Client;
  readonly journal: Journal;
  readonly grpc: GrpcTransport;
  readonly pausing: PausingTransport;
}

/** More than any policy's attempts at one step. */
const SEEDS_PER_ATTEMPT = 50;

const link = linkToParent<ToParticipant, FromParticipant>();
let self: Self | null = null;
let connected: Connected | null = null;

link.onMessage(async (message) => {
  if (message.type === 'start') {
    link.onOrphaned(() => removeFolder(message.folder));
    self = await start(message);
    link.send({ type: 'identity', publicKey: self.identity.publicKey });
    return;
  }
  if (self === null) throw new Error('start comes first');
  if (message.type === 'connect') {
    connected = connect(self, message);
    link.send({ type: 'ready' });
    return;
  }
  if (connected === null) throw new Error('connect comes before the rest');
  if (message.type === 'statistics') statistics(self, connected, message.task).catch(link.fail);
  else if (message.type === 'train') train(self, connected, message.task).catch(link.fail);
  else if (message.type === 'receipts') {
    await writeReceipts(connected, message.folder);
    link.send({ type: 'receiptsWritten' });
  } else {
    connected.pausing.pauseAt(message.point);
    link.send({ type: 'pauseIsSet' });
  }
});

/** The last of them takes the common folder away, too. */
function removeFolder(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
    rmdirSync(dirname(folder));
  } catch {
    // Others still have their folders in it.
  }
}

async function start(message: Start): Promise<Self> {
  const { folder, index, participants, seed } = message;
  const file = (name: string): string => join(folder, name);
  const hospital = hospitalData(seed, participants).hospitals[index];
  if (hospital === undefined) throw new Error(`there is no hospital ${index}`);
  await loadTensorFlow();
  if (!existsSync(file('hospital.key'))) writeIdentity(file('hospital.key'), systemRandom(32));
  return { start: message, hospital, identity: readSigner(file('hospital.key')), file };
}

function connect({ identity, file }: Self, { address, ca, coordinator, organiser }: Connect): Connected {
  const trust = parseTrust({
    organiser: toHex(organiser),
    coordinator: toHex(coordinator),
    ca,
    policy: { datasets: { [DATASET]: DATASET }, evolving: true },
  });
  const token = createTokenSource({ signer: identity, coordinatorKey: coordinator });
  const grpc = createGrpcTransport({ coordinator: address, ca, token, certificate: null });
  const paused = pausing(grpc, (point) => link.send({ type: 'paused', point }));
  const journal = openFileJournal(file('journal'), identity.publicKey);
  const client = createClient({
    transport: paused.transport,
    journal,
    trust,
    identity,
    certificate: null,
    engine: createNodeEngine(),
  });
  return { client, journal, grpc, pausing: paused };
}

async function statistics(
  { hospital, file }: Self,
  { client, grpc }: Connected,
  task: string,
): Promise<void> {
  let session = '';
  const found = await contributeRecords(client, {
    task,
    dataset: DATASET,
    records: recordsOf(hospital),
    clipping: 'clip',
    onProgress(event) {
      if ('session' in event) session = event.session;
      report(event);
    },
  });
  await saveOwn(file('standardisation.json'), standardisationOf(found));
  const sentBytes = grpc.bytes().up;
  link.send({ type: 'ended', session, outcome: 'closed', message: '', sentBytes });
}

async function train(self: Self, { client, grpc }: Connected, task: string): Promise<void> {
  const {
    start: { seed, index },
    hospital,
    file,
  } = self;
  const { epochs, batchSize, learningRate } = DEMO_TRAINING;
  const trained = trainParticipant(client, {
    task,
    clipping: 'clip',
    lineage: fileLineage(file('lineage.json')),
    review: ({ meta }) => checkOwn(file('standardisation.json'), meta),
    data(meta) {
      const { mean, std } = fromMeta(meta);
      return { features: standardise(hospital.features, mean, std), labels: hospital.labels };
    },
    training: ({ step, attempt }: Place) => ({
      epochs,
      batchSize,
      learningRate,
      seed: trainingSeed(seed, step - 1, index) + SEEDS_PER_ATTEMPT * (attempt - 1),
    }),
    onUpdate: ({ session, vectors, weight }) => link.send({ type: 'update', session, vectors, weight }),
    onProgress: report,
  });
  for await (const outcome of trained) {
    const { session } = outcome;
    const [code, message] =
      outcome.kind === 'failed' ? [outcome.error.code, outcome.error.message] : ['closed', ''];
    link.send({ type: 'ended', session, outcome: code, message, sentBytes: grpc.bytes().up });
  }
}

async function writeReceipts({ journal }: Connected, folder: string): Promise<void> {
  for (const session of await journal.receipts())
    writeReceipt(folder, session, (await journal.receipt(session)) ?? []);
}

function report(event: ProgressEvent): void {
  if (event.type === 'round') link.send({ type: 'round', session: event.session, round: event.round });
}
