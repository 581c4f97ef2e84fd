/**
 * Many sessions at once at one real coordinator over TLS: participants in a few processes, each with its own connection;
 * some never join, some leave. Afterwards every sum is computed again from the inputs, and the metrics page is compared
 * with what the sessions themselves say.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compareBytes, toHex, utf8 } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { identityFromSeed } from '../../../crypto/signature.js';
import { createGrpcOperator } from '../../../src/operator/grpc-operator.js';

import { parseTaskSpec, signTask } from '../../../src/operator/task-spec.js';
import { loadTrust, readSigner } from '../../../src/client/node/index.js';
import type { SessionSummary } from '../../../src/rpc/operator-api.js';
import { lineOf, start } from '../../helpers/cli.js';
import { type MetricsPage, readPage } from '../../helpers/metrics-page.js';

export interface ManyOptions {
  readonly folder: string;
  readonly sessions: number;
  readonly participants: number;
  readonly processes: number;
  readonly joinMs: number;
  readonly roundMs: number;
  /** Sessions are opened before their participants come, not while all of them wait. */
  readonly opensFirst?: boolean;
}

export interface OneSession {
  readonly summary: SessionSummary;
  /** What everybody who stayed got, as text; one of them when all got the same. */
  readonly sums: readonly string[];
  /** From the inputs of U3. */
  readonly expected: string;
}

export interface ManyResult {
  readonly sessions: readonly OneSession[];
  readonly page: MetricsPage;
  readonly log: string;
  readonly wallMs: number;
}

interface Told {
  readonly waiting?: number;
  readonly results?: readonly { readonly sum?: readonly number[]; readonly code?: string }[];
}

const LENGTH = 8;
const seedOf = (session: number, index: number): Uint8Array => sha256(utf8(`many ${session} ${index}`));
const inputOf = (session: number, index: number): number[] =>
  Array.from({ length: LENGTH }, (_, at) => ((session * 31 + index * 7 + at) % 19) - 9);

export async function runMany(options: ManyOptions): Promise<ManyResult> {
  const { folder, sessions, participants, processes, joinMs, roundMs, opensFirst = false } = options;
  const service = start(['serve', '--dev', 'dev', '--listen', '127.0.0.1:0', '--json'], {
    cwd: folder,
    env: { BLINDSUM_SERVE_METRICS_LISTEN: '127.0.0.1:0' },
  });
  const clients: Clients[] = [];
  try {
    const line = JSON.parse(await lineOf(service, 'stderr', /"listening"/)) as Record<string, string>;
    const [address, metrics] = [line.address as string, line.metrics as string];
    const trustFile = `${folder}/dev/trust.yaml`;
    const trust = loadTrust(trustFile);
    const token = readFileSync(`${folder}/dev/operator.token`, 'utf8').trim();
    const operator = createGrpcOperator({
      ...{ coordinator: address, token, timeoutMs: joinMs },
      ...(trust.ca && { ca: trust.ca }),
    });
    const organiser = readSigner(`${folder}/dev/organiser.key`);
    const tasks: string[] = [];
    for (let session = 0; session < sessions; session += 1) {
      const identities = Array.from(
        { length: participants },
        (_, index) => identityFromSeed(seedOf(session, index)).publicKey,
      ).sort(compareBytes);
      const vectors = [{ name: 'x', length: LENGTH, clip: 10, scale: 1 }];
      const spec = parseTaskSpec({ name: `many ${session}`, participants: identities.map(toHex), vectors });
      const { signed, pinned } = signTask(spec, identities, organiser);
      tasks.push((await operator.createTask(signed, pinned)).taskId);
    }
    const parties = tasks.flatMap((task, session) =>
      Array.from({ length: participants }, (_, index) => ({
        ...{ task, session, index, seed: toHex(seedOf(session, index)), x: inputOf(session, index) },
        leavesAfter: index === 0 && session % 4 === 1 ? 'r1' : null,
      })).filter(({ index }) => !(index === 1 && session % 4 === 2)),
    );
    const shares = Array.from({ length: processes }, (_, at) =>
      parties.filter((_, index) => index % processes === at),
    );
    const open = () =>
      Promise.all(
        tasks.map((taskId) => operator.openSession({ taskId, inputDigest: null, joinMs, roundMs })),
      );
    const beforehand = opensFirst ? await open() : null;
    const startedMs = performance.now();
    for (const share of shares) clients.push(startClients(address, trustFile, share));
    if (beforehand === null) await Promise.all(clients.map(({ waiting }) => waiting));
    const beganMs = beforehand === null ? performance.now() : startedMs;
    const opened = beforehand ?? (await open());
    const results = (await Promise.all(clients.map(({ results: all }) => all))).map((all) => [...all]);
    const wallMs = performance.now() - beganMs;
    const got = parties.map((_, index) => results[index % processes]?.shift());
    const found = await Promise.all(
      opened.map(async ({ sessionId }, session): Promise<OneSession> => {
        const summary = await operator.getSession(sessionId);
        const own = got.filter((result, at) => parties[at]?.session === session && result?.sum !== undefined);
        const members = new Set((summary.u3 ?? []).map(toHex));
        const inSum = Array.from({ length: participants }, (_, index) => index).filter((index) =>
          members.has(toHex(identityFromSeed(seedOf(session, index)).publicKey)),
        );
        const expected = Array.from({ length: LENGTH }, (_, at) =>
          inSum.reduce((sum, index) => sum + (inputOf(session, index)[at] as number), 0),
        );
        return {
          summary,
          sums: [...new Set(own.map((one) => String(one?.sum)))],
          expected: String(expected),
        };
      }),
    );
    const page = readPage(await (await fetch(`http://${metrics}/metrics`)).text());
    operator.close();
    service.process.kill('SIGTERM');
    return { sessions: found, page, wallMs, log: (await service.done).stderr };
  } finally {
    service.process.kill('SIGKILL');
    for (const { child } of clients) child.kill('SIGKILL');
  }
}

interface Clients {
  readonly child: ChildProcess;
  readonly waiting: Promise<number>;
  readonly results: Promise<NonNullable<Told['results']>>;
}

function startClients(coordinator: string, trust: string, participants: readonly object[]): Clients {
  const child = fork(fileURLToPath(new URL('./clients.mjs', import.meta.url)));
  child.send({ coordinator, trust, participants });
  const told = <Key extends keyof Told>(key: Key): Promise<NonNullable<Told[Key]>> =>
    new Promise((resolve, reject) => {
      child.on('message', (message: Told) => {
        if (message[key] !== undefined) resolve(message[key]);
      });
      child.once('exit', () => reject(new Error(`a process of clients ended before it said ${key}`)));
    });
  const results = told('results');
  results.catch(() => undefined);
  return { child, waiting: told('waiting'), results };
}
