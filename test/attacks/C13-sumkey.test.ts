/** C13 in `ckks/sumkey`: the key is in memory while it is dealt or encrypts, and overwritten then. */
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { secretKeyFromSeed } from '../../crypto/ckks/sampling.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { ringOf } from '../../src/protocol/suites/ckks-sumkey/numbers.js';
import { at, type AtR1, closeR0, must, participants, runJob, setUp } from '../helpers/protocol.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import { wipedBy } from '../helpers/wiped.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';

const setup = setUp(participants(3), { task: ckksTask(3), input: floats });
const r1 = closeR0(setup, [0, 1, 2]) as AtR1;

/** Of N = 2048 words. */
const KEY_BYTES = 8 * 2048;
const keyOf = (seed: Uint8Array): string =>
  toHex(secretKeyFromSeed(ringOf(setup.header.task), r1.frozen.session.ctx, seed));

test('C13 dealt, the key is wiped', () => {
  const { state, deps } = at(setup.members, 0);
  let seed: Uint8Array = new Uint8Array();
  const wiped = wipedBy(() => {
    seed = must(shareKeys(state, r1.message, deps)).state.suiteSeed;
  }, KEY_BYTES);
  expect(wiped).toContain(keyOf(seed));
});

test('C13 so it is when it has encrypted', () => {
  const { state } = at(r1.members, 0);
  const key = keyOf(state.suiteSeed);
  const held = {
    self: 0,
    suiteSeed: state.suiteSeed,
    agreed: state.agreed,
    ownShares: [],
    shares: new Map(),
  };
  const job = ckksSumkey.planUpload(state.session, state.u1, held, at(setup.members, 0).input);
  expect(wipedBy(() => runJob(job), KEY_BYTES)).toContain(key);
});
