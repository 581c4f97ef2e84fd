/**
 * What the coordinator does once it has the shares: reconstructing secrets, agreeing keys for those who dropped, taking all
 * masks out of the sum, decoding. The shares and the sum are those of a session that really takes place in this process; it
 * is then opened again and again.
 */
import { equalBytes } from '../../../../crypto/bytes.js';
import { NO_DROPOUT } from '../../simulate/dropout.js';
import { measureSession } from '../../simulate/run.js';
import type { SessionContext } from '../../../protocol/context.js';
import type { Engine, Sets, Suite } from '../../../protocol/suite.js';
import { allSteps } from '../../../protocol/steps.js';
import { maskingComplete } from '../../../protocol/suites/masking-complete/index.js';
import { narrowRing } from './narrow-ring.js';
import { type BenchOptions, BITS, COORDINATE_BYTES, withEngines } from '../options.js';
import { PEER_UNMASK, type PeerFigure } from '../peers.js';
import { type ByThreads, mapThreads, rounded, type Spread, spreadOf } from '../spread.js';

export interface UnmaskCost {
  readonly participants: number;
  readonly length: number;
  /** How many vanished between r1 and r2. */
  readonly dropped: number;
  /** Of each; as many as there are others in `masking/complete`. */
  readonly neighbours: number;
  /** Masks: one of each survivor, and one of each pair of a survivor and somebody who dropped that are neighbours. */
  readonly streams: number;
  /** From the shares to the decoded sum. */
  readonly seconds: ByThreads<number>;
  readonly spread: ByThreads<Spread>;
  /** Of these: reconstructing secrets and agreeing keys, before the first mask. */
  readonly secretsSeconds: ByThreads<number>;
  readonly opensslKeystreamSeconds: number;
  readonly ratio: ByThreads<number>;
  /** Every coordinate is the sum of the survivors' inputs, each time. */
  readonly sumExact: boolean;
  readonly peers: readonly PeerFigure[];
}

interface Captured {
  readonly open: Parameters<Suite['planOpen']> | null;
  readonly parts: readonly Uint8Array[];
}

export async function benchUnmask(options: BenchOptions): Promise<UnmaskCost> {
  const { participants, length, dropped, keystream, signal, onPart } = options;
  onPart(
    `unmask: a session of ${participants} participants, ${dropped} of them vanish, ${length} coordinates`,
  );
  const suite = options.neighbours === null ? maskingComplete : narrowRing(options.neighbours);
  const captured: { -readonly [K in keyof Captured]: Captured[K] } = { open: null, parts: [] };
  const session = await measureSession({
    ...{ suite: suite.id, participants, length, bits: BITS, dropout: { ...NO_DROPOUT, r2: dropped } },
    // What participants do is not measured here: what is the same for all is done once.
    ...{ transport: 'memory', seed: 'bench', signal, shared: true },
    suites: () => capturing(suite, captured),
  });
  const { open, parts } = captured;
  if (open === null) throw new Error(`the session was not opened: ${session.session.abort?.message ?? ''}`);
  const [context, sets] = open;
  let streams = 0;
  let sumExact = session.exact;
  const measured = await withEngines(options, async (engine, threads) => {
    onPart(`unmask: ${threads} thread(s)`);
    await keystream.take();
    const seconds: number[] = [];
    const secrets: number[] = [];
    // The first time warms up and does not count.
    for (let repeat = 0; repeat <= options.repeats; repeat += 1) {
      signal.throwIfAborted();
      const opened = await openOnce(suite, open, context, sets, engine);
      streams = opened.streams;
      sumExact &&= opened.parts.every((part, index) => equalBytes(part, parts[index] as Uint8Array));
      if (repeat === 0) continue;
      seconds.push(opened.seconds);
      secrets.push(opened.secretsSeconds);
    }
    await keystream.take();
    return { spread: spreadOf(seconds), secrets: spreadOf(secrets).median };
  });
  const opensslKeystreamSeconds = keystream.secondsFor(streams * length * COORDINATE_BYTES);
  const seconds = mapThreads(measured, ({ spread }) => spread.median);
  return {
    ...{
      participants,
      length,
      dropped,
      neighbours: options.neighbours ?? participants - 1,
      streams,
      seconds,
    },
    spread: mapThreads(measured, ({ spread }) => spread),
    secretsSeconds: mapThreads(measured, ({ secrets }) => secrets),
    opensslKeystreamSeconds,
    ratio: mapThreads(seconds, (each) => rounded(each / opensslKeystreamSeconds)),
    sumExact,
    peers: options.neighbours === null ? PEER_UNMASK : [],
  };
}

function capturing(suite: Suite, captured: { -readonly [K in keyof Captured]: Captured[K] }): Suite {
  return {
    ...suite,
    planOpen(session, sets, sum, dealers, reveals, mayWait) {
      captured.open = [session, sets, sum.slice(), dealers, reveals, mayWait];
      return suite.planOpen(session, sets, sum, dealers, reveals, mayWait);
    },
    finishOpen(session, sets, result) {
      captured.parts = suite.finishOpen(session, sets, result);
      return captured.parts;
    },
  };
}

interface Opened {
  readonly parts: readonly Uint8Array[];
  readonly streams: number;
  readonly seconds: number;
  readonly secretsSeconds: number;
}

async function openOnce(
  suite: Suite,
  open: Parameters<Suite['planOpen']>,
  context: SessionContext,
  sets: Sets,
  engine: Engine,
): Promise<Opened> {
  const startedMs = performance.now();
  const { job } = allSteps(suite.planOpen(...open));
  const secretsSeconds = (performance.now() - startedMs) / 1000;
  const streams = job.kind === 'mask' ? (job.vectors[0]?.streams.length ?? 0) : 0;
  const parts = suite.finishOpen(context, sets, await engine.run(job));
  suite.decodeAggregate(context.task, parts, sets.u3.members.length);
  return { parts, streams, seconds: (performance.now() - startedMs) / 1000, secretsSeconds };
}
