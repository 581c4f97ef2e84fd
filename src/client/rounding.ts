/**
 * Randomness for stochastic rounding. The same data in the same scope must round to the same integers, in every session
 * and after every restart (PROTOCOL §7), so it is derived from the journal's secret of that scope.
 *
 * Security: nobody else has that secret, and the integers only ever leave under fresh masks. It is used for rounding
 * alone; keys never come from here.
 */
import { wipe } from '../../crypto/bytes.js';
import { encodeCanonical } from '../../crypto/canonical.js';
import { hkdfSha256 } from '../../crypto/hash.js';
import { LABEL } from '../../crypto/labels.js';
import { deterministicRandom, type Random } from '../../crypto/random.js';

/** @param input hash of the input that the data count for */
export function roundingRandom(roundingSeed: Uint8Array, input: Uint8Array | null): Random {
  const seed = hkdfSha256({
    ikm: roundingSeed,
    salt: new Uint8Array(),
    info: encodeCanonical([LABEL.rounding, input]),
    length: 32,
  });
  const random = deterministicRandom(seed);
  wipe(seed);
  return random;
}
