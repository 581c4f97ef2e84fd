/**
 * A10 in `ckks/sumkey`: a key encrypts once. Its seed is made for one session, wiped where it was used, and no state
 * after r2 has it, so that no second upload can be made of the first one's key.
 */
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import type { EncryptJob } from '../../crypto/engine/types.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { finishMaskedInput, planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import type { MaskPlanned } from '../../src/protocol/client/state.js';
import type { Deal, Suite } from '../../src/protocol/suite.js';
import { at, must, participants, playRounds, runJob, setUp, sharesMessage } from '../helpers/protocol.js';
import { wipedBy } from '../helpers/wiped.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';

const parties = participants(3);
const played = (seed: string, session: number) =>
  playRounds(setUp(parties, { seed, task: ckksTask(3), input: floats, opening: { session } }));
const { setup, r1, r2, r3 } = played('first', 1);
const { state, deps } = at(r1.members, 0);
const { input } = at(setup.members, 0);

const planned = () => must(planMaskedInput(state, sharesMessage(r2, 0), input, new Uint8Array(32), deps));
const encryptJob = (): EncryptJob => {
  const { job } = planned();
  if (job.kind !== 'encrypt') throw new TypeError('job: of an encryption expected');
  return job;
};
const isZero = (bytes: Uint8Array): boolean => bytes.every((byte) => byte === 0);

test('A10 the seed of every participant and session is another', () => {
  const again = played('second', 2);
  const seeds = [r1, again.r1].flatMap(({ members }) =>
    members.map((member) => toHex(member.state.suiteSeed)),
  );
  expect(new Set(seeds).size).toBe(6);
  // Not even the same state deals the same key twice.
  const { state: advertised, deps: own } = at(setup.members, 0);
  const { suiteSeed } = must(shareKeys(advertised, r1.message, own)).state;
  expect(seeds).not.toContain(toHex(suiteSeed));
});

test('A10 what encrypts wipes the seed it was given, and nothing can be encrypted with what is left', () => {
  const job = encryptJob();
  const before = state.suiteSeed.slice();
  expect(job.seed).toEqual(before);
  runJob(job);
  expect(isZero(job.seed)).toBe(true);
  // The state has its own, until r2 is signed.
  expect(state.suiteSeed).toEqual(before);
});

test('A10 no state after r2 has the seed; the step names it for wiping', () => {
  const before = planned();
  const step = must(finishMaskedInput(before.state, runJob(before.job), deps));
  expect(step.state.held.suiteSeed).toHaveLength(0);
  expect(step.wipe).toContain(before.state.held.suiteSeed);
  expect(at(r3.members, 0).state.held.suiteSeed).toHaveLength(0);
  const again = step.state as unknown as MaskPlanned;
  expect(() => finishMaskedInput(again, runJob(encryptJob()), deps)).toThrow('expected maskPlanned');
});

test('A10 the same plan encrypted twice gives other bytes: hence the latch keeps the first ones', () => {
  const [first, second] = [planned(), planned()].map(({ state: plan, job }) =>
    must(finishMaskedInput(plan, runJob(job), deps)),
  );
  expect(first?.send.upload.bytes).not.toEqual(second?.send.upload.bytes);
  // The input is the same nevertheless.
  expect(first?.state.vector).toEqual(second?.state.vector);
});

test('A10 the seed is overwritten, not only let go', () => {
  const job = encryptJob();
  const seed = toHex(job.seed);
  expect(wipedBy(() => runJob(job), 32)).toContain(seed);
});

test('A10 what the commitment was made from is named for wiping', () => {
  const { state: advertised, deps: own } = at(setup.members, 0);
  const deals: Deal[] = [];
  const suite = (id: string): Suite => ({
    ...own.suite(id),
    deal: (...given) => {
      const deal = own.suite(id).deal(...given);
      deals.push(deal);
      return deal;
    },
  });
  const { wipe } = must(shareKeys(advertised, r1.message, { ...own, suite }));
  expect(at(deals, 0).witness.length).toBeGreaterThan(0);
  expect(wipe).toContain(at(deals, 0).witness);
});
