/**
 * Opening the sum (PROTOCOL §5.1): the sum of the survivors' keys from at least t answers, and with it the sum of their
 * ciphertexts. Wrong answers are found and named with two answers more than t for each; with fewer, and for a key that
 * was not the one shared, what opens is out of range: `KEY_MISMATCH`, never a guess at who it was. How far a helper that
 * chooses its error could stay in range: SECURITY.
 */
import { concatBytes } from '../../../../crypto/bytes.js';
import { reconstructKey } from '../../../../crypto/ckks/correction.js';
import { CkksError } from '../../../../crypto/ckks/errors.js';
import type { HolderAnswer } from '../../../../crypto/ckks/packed-sharing.js';
import { sumBytes } from '../../../../crypto/ckks/parameters.js';
import { streamSource } from '../../../../crypto/ckks/sampling.js';
import { hashTuple } from '../../../../crypto/hash.js';
import { LABEL } from '../../../../crypto/labels.js';
import { STREAM_KEY_BYTES, STREAM_NONCE_BYTES } from '../../../../crypto/prg.js';
import type { Random } from '../../../../crypto/random.js';
import type { SessionContext } from '../../context.js';
import { refuse } from '../../errors.js';
import type { Steps } from '../../steps.js';
import type { JobResult, OpenPlan, RevealRecord, Sets } from '../../suite.js';
import { beyondInputs, encodeSums } from './aggregate.js';
import { encodedVectors, ringOf } from './numbers.js';
import { parseReveal } from './reveal.js';
import { sharingIn } from './sharing.js';

/** @param mayWait whether more answers may still come: then for two more than needed, so that one wrong one is corrected */
export function* planOpen(
  session: SessionContext,
  sets: Sets,
  sum: Uint8Array,
  reveals: readonly RevealRecord[],
  mayWait: boolean,
): Steps<OpenPlan> {
  const answers = reveals.flatMap(({ position, reveal }): HolderAnswer[] => {
    const answer = parseReveal(session, reveal);
    return answer === null ? [] : [{ holder: position, answer }];
  });
  const wanted = session.parameters.t + (mayWait ? 2 : 0);
  if (answers.length < wanted) {
    const message = `only ${answers.length} of the ${wanted} sums of shares that are waited for arrived`;
    refuse('TOO_FEW_SHARES', 'peer', message);
  } // check: B5
  yield;
  const { key, wrong } = keyFrom(session, answers);
  const { task, ctx } = session;
  const ring = ringOf(task);
  let from = 0;
  return {
    badHelpers: wrong,
    job: {
      kind: 'open',
      ring,
      ctx,
      key,
      survivors: sets.u3.members.length,
      vectors: encodedVectors(task).map((vector) => ({
        ...vector,
        sum: sum.subarray(from, (from += sumBytes(ring, vector.encoding.kind, vector.length))),
      })),
    },
  };
}

function keyFrom(session: SessionContext, answers: readonly HolderAnswer[]) {
  const random = drawnFrom(session, answers);
  try {
    return reconstructKey(ringOf(session.task), sharingIn(session), { answers, random });
  } catch (error) {
    if (!(error instanceof CkksError)) throw error;
    refuse(error.code, 'peer', error.message, { cause: error });
  }
}

/**
 * The combination that shows where answers are wrong follows from all of them, so that everybody who has the records
 * finds the same. Whoever wants to hide an error in it has to search for it; that only makes the opening fail, as every
 * answer is compared with the result.
 */
function drawnFrom({ ctx }: SessionContext, answers: readonly HolderAnswer[]): Random {
  const holders = answers.map(({ holder }) => holder);
  const hash = hashTuple(
    LABEL.ckksCombination,
    ctx,
    holders,
    concatBytes(...answers.map(({ answer }) => answer)),
  );
  const key = hash.subarray(0, STREAM_KEY_BYTES);
  const nonce = hash.subarray(STREAM_KEY_BYTES, STREAM_KEY_BYTES + STREAM_NONCE_BYTES);
  return streamSource({ key, nonce });
}

/**
 * What participants would refuse is not published: they would have to think that the coordinator had made it up.
 * @throws BlindsumError KEY_MISMATCH, naming nobody (fault peer)
 */
export function finishOpen({ task }: SessionContext, sets: Sets, result: JobResult): Uint8Array[] {
  if (result.kind === 'key-mismatch') {
    refuse(
      'KEY_MISMATCH',
      'peer',
      'the sum does not open: a participant answered wrongly, or did not encrypt under the key that it shared; nothing tells who',
    );
  } // check: B1
  if (result.kind !== 'sums') throw new TypeError('result: sums expected');
  const sums = result.vectors.map(({ values }) => values);
  const beyond = beyondInputs(task, sums, sets.u3.members.length);
  if (beyond !== null) {
    refuse(
      'KEY_MISMATCH',
      'peer',
      `the sum is out of range in vector ${beyond.name}: a participant answered wrongly, or sent what no input encodes to; nothing tells who`,
    );
  } // check: B1
  return encodeSums(sums);
}
