/**
 * The inputs of a simulation of a masking suite, uniform over the whole clip range: coordinates are integers k in [−C, C] divided by a power
 * of two, so that fixed point represents them exactly and the sum can be compared integer by integer. C is the largest
 * that the bits allow for so many participants and weights, and the first coordinates are +C and −C for everybody: their sums are the
 * extremes that must not wrap. Nothing is stored: the same seed gives the same input again.
 */
import { utf8 } from '../../../crypto/bytes.js';
import { deterministicRandom } from '../../../crypto/random.js';
import { usage } from '../errors.js';
import { type SimulatedInputs, VECTOR } from './simulated-inputs.js';

export interface InputPlan {
  readonly length: number;
  readonly bits: number;
  /** C: largest absolute integer. */
  readonly largest: number;
  /** Integer steps per unit, a power of two. */
  readonly scale: number;
  /** C / scale, in [1, 2). */
  readonly clip: number;
  /** W, of a weighted task: weights are from 1 to W. */
  readonly maxWeight?: number;
  readonly seed: string;
}

/** @throws BlindsumError USAGE when the bits cannot hold the sum of even ±1 */
export function planInputs(
  participants: number,
  length: number,
  bits: number,
  seed: string,
  maxWeight?: number,
): InputPlan {
  // 2^bits ≥ 2·N·W·C + 1, which is what the protocol asks of a task.
  const values = 2 * participants * (maxWeight ?? 1);
  const largest = Math.floor((2 ** bits - 1) / values);
  if (largest < 1) {
    const needed = Math.ceil(Math.log2(values + 1));
    const weights = maxWeight === undefined ? '' : ` of weights up to ${maxWeight}`;
    usage(
      `--bits: the sum of ${participants} participants${weights} needs at least ${needed} bits, not ${bits}`,
    );
  }
  const scale = 2 ** Math.floor(Math.log2(largest));
  const weighted = maxWeight === undefined ? {} : { maxWeight };
  return { length, bits, largest, scale, clip: largest / scale, ...weighted, seed };
}

/** From 1 to W, the first participant's W; null when nothing is weighted. */
export function weightOf({ maxWeight, seed }: InputPlan, participant: number): number | null {
  if (maxWeight === undefined) return null;
  if (participant === 0) return maxWeight;
  const [word = 0] = new Uint32Array(deterministicRandom(utf8(`${seed} / weight ${participant}`))(4).buffer);
  return 1 + (word % maxWeight);
}

/** Calls `visit` with each coordinate's integer in order. */
export function eachInteger(
  { length, largest, seed }: InputPlan,
  participant: number,
  visit: (index: number, value: number) => void,
): void {
  const random = deterministicRandom(utf8(`${seed} / input ${participant}`));
  const pieceLength = 16384;
  for (let from = 0; from < length; from += pieceLength) {
    const count = Math.min(pieceLength, length - from);
    const words = new DataView(random(count * 4).buffer);
    for (let index = from; index < from + count; index += 1) {
      visit(index, integerOf(words.getUint32((index - from) * 4, true), index, largest));
    }
  }
}

/** One coordinate in 64 is an extreme; of all participants the first two. */
function integerOf(word: number, index: number, largest: number): number {
  if (index === 0) return largest;
  if (index === 1) return -largest;
  if ((word & 0x3f) === 0) return (word & 0x40) === 0 ? largest : -largest;
  return Math.floor((word / 2 ** 32) * (2 * largest + 1)) - largest;
}

/** What the participant contributes; single precision where it holds every value exactly. */
export function inputOf(plan: InputPlan, participant: number): Float32Array | Float64Array {
  const values = plan.largest < 2 ** 24 ? new Float32Array(plan.length) : new Float64Array(plan.length);
  eachInteger(plan, participant, (index, value) => {
    values[index] = value / plan.scale;
  });
  return values;
}

/** The sum over `participants`, weighted, kept apart from the protocol: each coordinate modulo 2^bits. */
export function expectedSum(plan: InputPlan, participants: readonly number[]): Uint32Array {
  const sum = new Uint32Array(plan.length);
  for (const participant of participants) {
    const weight = weightOf(plan, participant) ?? 1;
    eachInteger(plan, participant, (index, value) => {
      sum[index] = ((sum[index] as number) + weight * value) >>> 0;
    });
  }
  const mask = plan.bits === 32 ? 0xffffffff : 2 ** plan.bits - 1;
  return sum.map((value) => (value & mask) >>> 0);
}

export function integerInputs(plan: InputPlan): SimulatedInputs {
  const { length, bits, scale, clip, maxWeight } = plan;
  const half = 2 ** (bits - 1);
  const signed = (value: number): number => (value >= half ? value - 2 ** bits : value);
  return {
    vectors: [{ name: VECTOR, length, bits, scale, clip }],
    ...(maxWeight === undefined ? {} : { maxWeight }),
    of: (participant) => ({
      vectors: { [VECTOR]: inputOf(plan, participant) },
      weight: weightOf(plan, participant),
    }),
    expected(participants) {
      const sum = Float64Array.from(expectedSum(plan, participants), (value) => signed(value) / scale);
      const weights = participants.map((participant) => weightOf(plan, participant) ?? 0);
      const weight = maxWeight === undefined ? null : weights.reduce((total, each) => total + each, 0);
      return { vectors: { [VECTOR]: sum }, weight };
    },
    errorBound: () => 0,
  };
}
