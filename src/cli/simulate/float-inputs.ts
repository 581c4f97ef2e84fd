/**
 * The inputs of a simulation of a suite that sums floats: doubles of 53 random bits, uniform in [−1, 1], that no fixed
 * point would hold. As with integers, the first coordinate is +1 and the second −1 for everybody, and one in 64 is an
 * extreme. Nothing is stored: the same seed gives the same input again.
 */
import { utf8 } from '../../../crypto/bytes.js';
import { errorBound } from '../../../crypto/ckks/parameters.js';
import { deterministicRandom } from '../../../crypto/random.js';
import { encodedVectors, ringOf } from '../../protocol/suites/ckks-sumkey/numbers.js';
import { type SimulatedInputs, VECTOR } from './simulated-inputs.js';

export interface FloatPlan {
  /** Coordinates. */
  readonly length: number;
  readonly encoding: SimulatedInputs['encoding'];
  readonly seed: string;
}

export function floatInputs(plan: FloatPlan): SimulatedInputs {
  const { length, encoding } = plan;
  return {
    vectors: [{ name: VECTOR, length, clip: 1 }],
    ...(encoding === undefined ? {} : { encoding }),
    of(participant) {
      const values = new Float64Array(length);
      eachFloat(plan, participant, (index, value) => {
        values[index] = value;
      });
      return { vectors: { [VECTOR]: values }, weight: null };
    },
    expected: (participants) => ({
      vectors: { [VECTOR]: compensatedSum(plan, participants) },
      weight: null,
    }),
    errorBound(task, participants) {
      const [vector] = encodedVectors(task);
      return errorBound(ringOf(task), (vector as NonNullable<typeof vector>).encoding, participants);
    },
  };
}

/** Calls `visit` with each coordinate in order. */
function eachFloat(
  { length, seed }: FloatPlan,
  participant: number,
  visit: (index: number, value: number) => void,
): void {
  const random = deterministicRandom(utf8(`${seed} / input ${participant}`));
  const pieceLength = 8192;
  for (let from = 0; from < length; from += pieceLength) {
    const count = Math.min(pieceLength, length - from);
    const words = new DataView(random(count * 8).buffer);
    for (let index = from; index < from + count; index += 1) {
      const at = (index - from) * 8;
      visit(index, floatOf(words.getUint32(at, true), words.getUint32(at + 4, true), index));
    }
  }
}

function floatOf(high: number, low: number, index: number): number {
  if (index === 0) return 1;
  if (index === 1) return -1;
  // The lowest bits of `low` are not in the value.
  if ((low & 0x3f) === 0) return (high & 1) === 0 ? 1 : -1;
  return (2 * ((high >>> 5) * 2 ** 26 + (low >>> 6))) / 2 ** 53 - 1;
}

/** Each coordinate by compensated summation: wrong by no more than the last rounding to a double. */
function compensatedSum(plan: FloatPlan, participants: readonly number[]): Float64Array {
  const sum = new Float64Array(plan.length);
  const lost = new Float64Array(plan.length);
  for (const participant of participants) {
    eachFloat(plan, participant, (index, value) => {
      const before = sum[index] as number;
      const after = before + value;
      const [larger, smaller] = Math.abs(before) >= Math.abs(value) ? [before, value] : [value, before];
      lost[index] = (lost[index] as number) + (larger - after + smaller);
      sum[index] = after;
    });
  }
  return sum.map((value, index) => value + (lost[index] as number));
}
