/** `blindsum demo` from beginning to end: start everybody, prepare, train, compare, and leave nothing behind. */
import { constants } from 'node:fs';
import { access, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { loadTensorFlow, type TensorFlow } from '../../learning/index.js';
import { refuse } from '../../protocol/errors.js';
import { requireFree, writeArchive } from '../audit/write-archive.js';
import { type Cluster, startCluster } from './cluster.js';
import { hospitalData } from './hospitals.js';
import type { DemoOptions } from './options.js';
import { prepare } from './preparation.js';
import { compareReceived, type ReceivedValue } from './received.js';
import { comparison, federatedAveraging, largestAlone, pooledTraining } from './reference.js';
import type { Report } from './report.js';
import type { DemoResult } from './result.js';
import { startTraining } from './training.js';

/** Weights shown at the end. */
const SHOWN = 6;

export interface Demo {
  readonly result: DemoResult;
  /** Whose values `received` shows. */
  readonly hospital: string;
  readonly received: readonly ReceivedValue[];
}

/** @throws MissingPackageError; BlindsumError CANCELLED, UNREADABLE_FILE, and what a session aborts with */
export async function runDemo(options: DemoOptions, report: Report, signal: AbortSignal): Promise<Demo> {
  if (options.save !== null) await checkWritable('--save', dirname(resolve(options.save)), options.save);
  if (options.out !== null) await checkWritable('--out', await existing(resolve(options.out)), options.out);
  if (options.out !== null) await requireFree(options.out, receiptsBeside(options.out));
  const loaded = await loadTensorFlow();
  const data = hospitalData(options.seed, options.participants);
  let cluster: Cluster | null = null;
  try {
    cluster = await startCluster({ participants: options.participants, seed: options.seed }, signal);
    report.started(cluster, data.hospitals);
    return await Promise.race([
      story(cluster, loaded, data, options, report, signal),
      cluster.crash,
      interrupted(signal),
    ]);
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    await cluster?.close();
  }
}

async function story(
  cluster: Cluster,
  loaded: TensorFlow,
  data: ReturnType<typeof hospitalData>,
  options: DemoOptions,
  report: Report,
  signal: AbortSignal,
): Promise<Demo> {
  const { seed, suite, sessions, kills, out, save } = options;
  const prepared = await prepare(cluster, data.hospitals, { suite, signal });
  report.prepared(prepared);

  const training = await startTraining(cluster, loaded, {
    seed,
    suite,
    standardisation: prepared.standardisation,
    test: data.test,
    signal,
    onKilled: report.killed,
    onAborted: ({ number }, message) => report.note(`session ${number} aborted: ${message}; trying again`),
  });
  const done = [];
  for (let number = 1; number <= sessions; number += 1) {
    const trained = await training.session(kills.find((kill) => kill.session === number));
    report.trained(trained);
    done.push(trained);
  }
  if (out !== null) {
    await keep(cluster, out, signal);
    report.note(`for an auditor: blindsum audit verify ${out} --receipts ${receiptsBeside(out)}`);
  }
  if (save !== null) await writeFile(save, training.driver.model);

  report.note('comparing with training in the clear …');
  const compared = comparison(data, seed, undefined, sessions);
  const accuracy = {
    blindsum: done.at(-1)?.session.accuracy ?? NaN,
    plainFederated: (await federatedAveraging(loaded, compared)).accuracy,
    pooled: (await pooledTraining(loaded, compared)).accuracy,
    largestHospitalAlone: (await largestAlone(loaded, compared)).accuracy,
  };
  const [first] = cluster.participants;
  const last = done.at(-1);
  const upload = first && last && cluster.received(last.sessionId, first.identity);
  const update = last?.updates.find(({ name }) => name === first?.process.name);
  return {
    result: {
      preparation: [prepared.session],
      sessions: done.map(({ session }) => session),
      accuracy,
    },
    hospital: first?.process.name ?? '',
    received: upload && update ? compareReceived(training.task, update, upload, SHOWN) : [],
  };
}

/** What an audit reads. Receipts first: what they prove is in the log that comes after them. */
async function keep(cluster: Cluster, out: string, signal: AbortSignal): Promise<void> {
  const { operator, organiser, coordinator, participants } = cluster;
  for (const { process } of participants) {
    await process.writeReceipts(join(resolve(receiptsBeside(out)), process.name));
  }
  const keys = { organiser, coordinator, witnesses: [] };
  await writeArchive({ operator, keys, scope: { kind: 'all' }, out, signal });
}

const receiptsBeside = (out: string): string =>
  `${out.replace(/(\.tar|\.tar\.gz|\.tgz|[/\\]+)$/, '')}-receipts`;

const interrupted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

/** Before a minute of work is done for nothing. */
async function checkWritable(flag: string, folder: string, path: string): Promise<void> {
  await access(folder, constants.W_OK)
    .then(async () => (await stat(folder)).isDirectory() || Promise.reject(new Error('not a directory')))
    .catch((cause: unknown) =>
      refuse('UNREADABLE_FILE', 'environment', `${flag}: ${path} cannot be written`, { cause }),
    );
}

/** The folder itself, or the nearest above it that there is: the rest will be made. */
async function existing(folder: string): Promise<string> {
  const isThere = await access(folder).then(
    () => true,
    () => false,
  );
  return isThere || dirname(folder) === folder ? folder : existing(dirname(folder));
}
