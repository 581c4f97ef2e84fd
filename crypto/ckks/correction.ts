/**
 * The sum of the keys from answers of which some may be wrong (PROTOCOL §5.1). Answers are a Reed–Solomon code word for
 * each polynomial, all with errors at the same holders: a random combination of the polynomials shows where
 * (syndromes, Berlekamp–Massey), what is left is interpolated, and every answer compared with the result.
 *
 * Security: e wrong answers are found only among t + 2e; with fewer, nobody is named and nothing opened. With exactly t
 * answers a wrong one goes unnoticed here, and the check of the opened sum's range has to notice it. The combination is
 * drawn when all answers are there, so that nobody can choose an error that it hides (probability below 2^−53).
 */
import { equalBytes, requireBytes, requireInteger, wipe } from '../bytes.js';
import type { Random } from '../random.js';
import { redacted } from '../redacted.js';
import { isReduced, wordTooLarge } from './codec.js';
import { CkksError } from './errors.js';
import { useKernel } from './kernel.js';
import { evaluateAt, interpolateKey, type HolderAnswer } from './packed-sharing.js';
import { WORD_BYTES, wordFrom, type Ring } from './ring.js';
import { locateErrors } from './reed-solomon.js';
import { randomWords } from './sampling.js';
import { answerBytes, pointOf, type Sharing } from './sharing.js';

export interface ReconstructedKey {
  /** The sum of the keys, one element. Secret until the sum is opened with it; wipe it then. */
  readonly key: Uint8Array;
  /** Holders whose answer is not what the others determine, increasing. */
  readonly wrong: readonly number[];
}

/**
 * @param answers from different holders; any that does not have the right form was refused when it came
 * @throws CkksError TOO_FEW_SHARES for fewer than threshold answers; KEY_MISMATCH when they contradict each other and
 *   there are too few to tell which are wrong, or MALFORMED for an answer of the wrong form
 */
export function reconstructKey(
  ring: Ring,
  sharing: Sharing,
  { answers, random }: { readonly answers: readonly HolderAnswer[]; readonly random: Random },
): ReconstructedKey {
  const { threshold } = sharing;
  requireAnswers(ring, sharing, answers);
  const located = locateErrors(ring.modulus, {
    points: answers.map(({ holder }) => pointOf(holder)),
    values: combined(ring, sharing, answers, random),
    dimension: threshold,
  });
  if (located === null) throw contradiction(answers.length, threshold);
  const wrong = new Set(located);
  const good = answers.filter((_, i) => !wrong.has(i));
  const [used, spare] = [good.slice(0, threshold), good.slice(threshold)];
  requireOnPolynomials(ring, sharing, used, spare); // check: B1
  return redacted({
    key: interpolateKey(ring, sharing, used),
    wrong: located.map((i) => (answers[i] as HolderAnswer).holder).sort((a, b) => a - b),
  });
}

/** Every spare answer must be exactly what the others say. The random combination said so but for a chance of 1/q. */
function requireOnPolynomials(
  ring: Ring,
  sharing: Sharing,
  used: readonly HolderAnswer[],
  spare: readonly HolderAnswer[],
): void {
  const byteLength = answerBytes(sharing);
  const targets = spare.map(({ holder }) => pointOf(holder));
  const values = evaluateAt(ring, sharing, used, targets);
  spare.forEach(({ answer }, i) => {
    const expected = values.subarray(byteLength * i, byteLength * (i + 1));
    if (!equalBytes(answer, expected)) {
      throw contradiction(used.length + spare.length, sharing.threshold);
    }
  });
}

const contradiction = (answers: number, threshold: number): CkksError =>
  new CkksError(
    'KEY_MISMATCH',
    `the ${answers} answers contradict each other, and too few are beyond the ${threshold} needed to tell which are wrong`,
  );

function requireAnswers(ring: Ring, sharing: Sharing, answers: readonly HolderAnswer[]): void {
  if (answers.length < sharing.threshold) {
    throw new CkksError(
      'TOO_FEW_SHARES',
      `${answers.length} answers, ${sharing.threshold} are needed to open the sum`,
    );
  }
  const holders = new Set<number>();
  for (const { holder, answer } of answers) {
    requireInteger(holder, 'holder', 0, sharing.holders - 1);
    if (holders.has(holder)) throw new RangeError(`answers: holder ${holder} occurs twice`);
    holders.add(holder);
    requireBytes(answer, 'answer', answerBytes(sharing));
    if (!isReduced(ring, answer)) throw wordTooLarge(`the answer of holder ${holder}`);
  }
}

/** One word per answer: the same random combination of its polynomials. */
function combined(ring: Ring, sharing: Sharing, answers: readonly HolderAnswer[], random: Random): bigint[] {
  const { polynomials } = sharing;
  const byteLength = answerBytes(sharing);
  const factors = randomWords(ring, polynomials, random);
  return useKernel(ring, [byteLength, byteLength, WORD_BYTES], (kernel, row, words, out) => {
    kernel.write(row, factors);
    kernel.enter(row, polynomials);
    return answers.map(({ answer }) => {
      kernel.write(words, answer);
      kernel.combine(out, row, words, polynomials, 1);
      const word = kernel.read(out, WORD_BYTES);
      const value = wordFrom(word, 0);
      wipe(word);
      return value;
    });
  });
}
