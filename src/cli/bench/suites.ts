/**
 * What a session costs in each suite, by the parts that grow: dealing, hiding one input, adding one upload, opening the sum.
 * One participant's work is done for real, with as many neighbours as asked for; the coordinator opens a sum with as many
 * masks, or with as many answers, as that many dropouts leave. Nothing goes over a network.
 */
import { reconstructKey } from '../../../crypto/ckks/correction.js';
import { proveLowDegree } from '../../../crypto/ckks/low-degree-proof.js';
import { dealKey } from '../../../crypto/ckks/packed-sharing.js';
import { answerBytes, shareBytes, sharingOf } from '../../../crypto/ckks/sharing.js';
import { errorBound } from '../../../crypto/ckks/parameters.js';
import { secretKeyFromSeed } from '../../../crypto/ckks/sampling.js';
import type { Job } from '../../../crypto/engine/types.js';
import { createNodeEngine } from '../../../crypto/engine/node.js';
import { agree, maskKeyPair } from '../../../crypto/key-agreement.js';
import { SHARE_BYTES, splitSecret } from '../../../crypto/secret-sharing.js';
import { systemRandom } from '../../../crypto/random.js';
import { signTask, parseTaskSpec } from '../../operator/index.js';
import type { Task } from '../../protocol/documents.js';
import { proposedColluders, quorum } from '../../protocol/parameters.js';
import { type Engine, uploadBytes } from '../../protocol/suite.js';
import { encodedVectors, ringOf } from '../../protocol/suites/ckks-sumkey/numbers.js';
import { suiteById } from '../../protocol/suites/index.js';
import { partyOf } from '../simulate/setup.js';
import { type Spread, spreadOf } from './spread.js';

export interface SuitesOptions {
  readonly participants: number;
  readonly length: number;
  /** How many vanish between r1 and r2. */
  readonly dropped: number;
  readonly repeats: number;
  /** SEAL's slots as well; needs node-seal. */
  readonly slots: boolean;
  readonly onPart?: (part: string) => void;
}

export interface SuiteCost {
  readonly suite: string;
  readonly encoding: 'integers' | 'coefficients' | 'slots';
  readonly uploadBytesPerCoordinate: number;
  /** In r1, for each other participant. */
  readonly shareBytesPerPeer: number;
  /** In r4. */
  readonly answerBytes: number;
  /** Largest absolute error of a coordinate of the sum, inputs within ±1. */
  readonly errorBound: number;
  /** Median, fastest and slowest of all repeats that count. */
  readonly seconds: {
    readonly deal: Spread;
    readonly hide: Spread;
    readonly add: Spread;
    readonly open: Spread;
  };
}

interface Parts {
  readonly deal: () => void;
  readonly hide: () => Job;
  readonly open: (upload: Uint8Array) => { readonly prepare: () => void; readonly job: () => Job };
}

export async function benchSuites(options: SuitesOptions): Promise<SuiteCost[]> {
  const engine = createNodeEngine();
  try {
    const costs = [await costOf(options, engine, 'masking/complete', 'integers')];
    costs.push(await costOf(options, engine, 'ckks/sumkey', 'coefficients'));
    if (options.slots) costs.push(await costOf(options, engine, 'ckks/sumkey', 'slots'));
    return costs;
  } finally {
    await engine.close();
  }
}

async function costOf(
  options: SuitesOptions,
  engine: Engine,
  suiteId: string,
  encoding: SuiteCost['encoding'],
): Promise<SuiteCost> {
  const { participants, length, repeats, onPart } = options;
  const suite = suiteById(suiteId);
  const task = taskOf(options, suiteId, encoding);
  const parts = suiteId === 'ckks/sumkey' ? ckksParts(options, task) : maskingParts(options, task);
  const accumulator = suite.accumulator(task);
  const sum = new Uint8Array(accumulator.byteLength);
  const times = { deal: [] as number[], hide: [] as number[], add: [] as number[], open: [] as number[] };
  const timed = async (part: keyof typeof times, work: () => unknown): Promise<void> => {
    const beganMs = performance.now();
    await work();
    times[part].push((performance.now() - beganMs) / 1000);
  };
  // The first round warms up and does not count.
  for (let repeat = 0; repeat <= repeats; repeat += 1) {
    onPart?.(`${suiteId}, ${encoding}: ${repeat} of ${repeats}`);
    await timed('deal', parts.deal);
    let upload: Uint8Array = new Uint8Array();
    await timed('hide', async () => {
      const result = await engine.run(parts.hide());
      if (result.kind !== 'packed' && result.kind !== 'ciphertexts')
        throw new TypeError('result: an upload expected');
      upload = result.vectors[0]?.bytes ?? upload;
    });
    sum.fill(0);
    await timed('add', () => {
      accumulator.fold(sum, upload);
    });
    const opening = parts.open(sum);
    await timed('open', async () => {
      opening.prepare();
      await engine.run(opening.job());
    });
    if (repeat === 0) for (const list of Object.values(times)) list.length = 0;
  }
  const [vector] = task.vectors;
  const isMasking = suiteId === 'masking/complete';
  const sharing = isMasking ? null : sharingFor(options, task);
  return {
    suite: suiteId,
    encoding,
    uploadBytesPerCoordinate: uploadBytes(suite, task) / length,
    shareBytesPerPeer: sharing === null ? 2 * SHARE_BYTES : shareBytes(sharing),
    answerBytes: sharing === null ? participants * SHARE_BYTES : answerBytes(sharing),
    errorBound:
      sharing === null
        ? participants / (vector?.scale ?? NaN)
        : errorBound(ringOf(task), encodedVectors(task)[0]?.encoding as never, participants),
    seconds: {
      deal: spreadOf(times.deal),
      hide: spreadOf(times.hide),
      add: spreadOf(times.add),
      open: spreadOf(times.open),
    },
  };
}

function taskOf(
  { participants, length }: SuitesOptions,
  suite: string,
  encoding: SuiteCost['encoding'],
): Task {
  const spec = parseTaskSpec({
    name: 'a benchmark',
    suite,
    participants: 'enrolled',
    maxParticipants: participants,
    vectors: [{ name: 'x', length, clip: 1 }],
    ...(encoding === 'slots' ? { encoding } : {}),
  });
  return signTask(spec, null, partyOf('bench', 'organiser').signer).task;
}

function maskingParts({ participants, length, dropped }: SuitesOptions, task: Task): Parts {
  const [vector] = task.vectors;
  const bits = vector?.bits ?? 32;
  const base = new Uint32Array(length);
  const streams = (count: number) =>
    Array.from({ length: count }, () => ({
      key: systemRandom(16),
      nonce: systemRandom(12),
      sign: 1 as const,
    }));
  const points = Array.from({ length: participants }, (_, position) => position + 1);
  const threshold = quorum(participants, task.maxColluders);
  const own = maskKeyPair(systemRandom(32));
  const peers = Array.from({ length: participants - 1 }, () => maskKeyPair(systemRandom(32)).publicKey);
  const job = (output: 'packed' | 'integers', count: number): Job => ({
    kind: 'mask',
    output,
    vectors: [{ name: 'x', bits, length, base, streams: streams(count) }],
  });
  const survivors = participants - dropped;
  return {
    deal() {
      for (let secret = 0; secret < 2; secret += 1)
        splitSecret({ secret: systemRandom(32), threshold, points, random: systemRandom });
      for (const peer of peers) agree(own.privateKey, peer);
    },
    hide: () => job('packed', participants),
    // One self mask of each survivor, and one mask of each pair of a survivor and somebody who dropped.
    open: () => ({
      prepare: () => undefined,
      job: () => job('integers', survivors + survivors * dropped),
    }),
  };
}

const sharingFor = ({ participants }: SuitesOptions, task: Task) =>
  sharingOf(ringOf(task), {
    threshold: quorum(participants, task.maxColluders),
    colluders: proposedColluders(participants),
    holders: participants,
  });

function ckksParts(options: SuitesOptions, task: Task): Parts {
  const ring = ringOf(task);
  const sharing = sharingFor(options, task);
  const ctx = systemRandom(32);
  const values = Float64Array.from({ length: options.length }, (_, at) => Math.sin(at));
  const vectors = encodedVectors(task);
  let seed = systemRandom(32);
  const dealt = () =>
    dealKey(ring, sharing, { key: secretKeyFromSeed(ring, ctx, seed), random: systemRandom });
  return {
    deal() {
      seed = systemRandom(32);
      const under = { ctx, dealer: systemRandom(32), shareRoot: systemRandom(32) };
      proveLowDegree(ring, sharing, { ...under, values: dealt().values });
    },
    hide: () => ({
      kind: 'encrypt',
      ring,
      ctx,
      seed: seed.slice(),
      vectors: vectors.map((vector) => ({ ...vector, values })),
    }),
    open(sum) {
      // The sum of one: opening does the same work for a sum of many.
      const answers = dealt()
        .shares.slice(0, options.participants - options.dropped)
        .map((share, holder) => ({ holder, answer: share.slice(0, answerBytes(sharing)) }));
      let key: Uint8Array = new Uint8Array();
      return {
        prepare() {
          ({ key } = reconstructKey(ring, sharing, { answers, random: systemRandom }));
        },
        job: () => ({
          kind: 'open',
          ring,
          ctx,
          key,
          survivors: 1,
          vectors: vectors.map((vector) => ({ ...vector, sum })),
        }),
      };
    },
  };
}
