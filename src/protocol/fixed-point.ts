/** Scale and bits for a vector of a masking suite whose author left them open (PROTOCOL §2.3). */
import type { VectorSpec, WantedVector } from './documents.js';
import { refuse } from './errors.js';
import { requiredBits } from './parameters.js';

/**
 * Bits default to 32, or what the scale needs; the scale to the finest power of two that fits the bits.
 * @throws BlindsumError WOULD_WRAP, BAD_CONFIG (fault caller)
 */
export function chooseFixedPoint(
  vector: WantedVector,
  participants: number,
  maxWeight: number | null,
): Pick<VectorSpec, 'scale' | 'bits'> {
  if (vector.precision !== undefined || vector.encoding !== undefined) {
    const key = vector.precision === undefined ? 'encoding' : 'precision';
    const advice = key === 'precision' ? 'give scale, the integer steps per unit' : 'leave it out';
    refuse('BAD_CONFIG', 'caller', `vector ${vector.name}: ${key} is for suite ckks/sumkey; here ${advice}`);
  }
  const bitsAt = (scale: number): number => requiredBits({ ...vector, scale }, participants, maxWeight);
  const scale = vector.scale ?? finestScale(bitsAt, vector.bits ?? 32, vector.name);
  return { scale, bits: vector.bits ?? Math.min(bitsAt(scale), 32) };
}

function finestScale(bitsAt: (scale: number) => number, bits: number, name: string): number {
  for (let exponent = 52; exponent >= -52; exponent -= 1) {
    if (bitsAt(2 ** exponent) <= bits) return 2 ** exponent;
  }
  refuse(
    'WOULD_WRAP',
    'caller',
    `vector ${name}: no scale fits ${bits} bits for its clip and this many participants`,
  );
}
