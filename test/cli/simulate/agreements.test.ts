/** Agreements that a thread of its own computes are those that participants would have computed, with or without it. */
import { expect, test } from '@jest/globals';
import { agree, maskPrivateKey, sharePrivateKey } from '../../../crypto/key-agreement.js';
import { AgreementsAhead } from '../../../src/cli/simulate/agreements/ahead.js';
import { pairsOf } from '../../../src/cli/simulate/agreements/pairs.js';
import type { SessionContext, SessionKeys } from '../../../src/protocol/context.js';
import { maskingComplete } from '../../../src/protocol/suites/masking-complete/index.js';
import { at, fill, participants, playRounds, setUp } from '../../helpers/protocol.js';

const WORKER = new URL('../../../dist/src/cli/simulate/agreements/ahead-worker.js', import.meta.url);
const N = 5;
const PAIRS = (N * (N - 1)) / 2;

const parties = participants(N);
const setup = setUp(parties);
const { r1 } = playRounds(setup);
const { session } = r1.frozen;
const keysOf = (position: number) => at(session.roster, position).keys as SessionKeys;
const seedsOf = (position: number) => at(setup.members, position).state;

/** Its participants draw what they drew in `setup`, and something else besides. */
function begun(worker: URL, of: SessionContext = session): AgreementsAhead {
  const ahead = new AgreementsAhead(worker);
  setup.members.forEach(({ party, state: { shareSeed, maskSeed } }, index) => {
    const draws = [fill(index), shareSeed, maskSeed];
    const random = ahead.random(party.identity, () => draws.shift() as Uint8Array);
    for (let draw = 0; draw < 3; draw += 1) random(32);
  });
  const suite = ahead.suites(() => maskingComplete)(maskingComplete.id);
  suite.deal(of, 0, { maskSeed: seedsOf(0).maskSeed, suiteSeed: new Uint8Array(32) }, (length) =>
    fill(5, length),
  );
  return ahead;
}

function agreed(ahead: AgreementsAhead): { own: Uint8Array; computed: Uint8Array }[] {
  const positions = parties.map((_, position) => position);
  return positions.flatMap((one) => {
    const mask = maskPrivateKey(seedsOf(one).maskSeed);
    const share = sharePrivateKey(seedsOf(one).shareSeed);
    const [masks, shares] = [ahead.agreement(mask), ahead.agreement(share)];
    return positions.flatMap((other) => {
      const { maskKey, shareKey } = keysOf(other);
      return [
        { own: masks(maskKey), computed: agree(mask, maskKey) },
        { own: shares(shareKey), computed: agree(share, shareKey) },
        // Of two kinds, which nobody needs.
        { own: masks(shareKey), computed: agree(mask, shareKey) },
      ];
    });
  });
}

test('a thread computes both agreements of every pair', async () => {
  const ahead = begun(WORKER);
  await ahead.settled();
  expect(ahead.missing).toBe(0);
  const all = agreed(ahead);
  expect(all).toHaveLength(3 * N * N);
  for (const { own, computed } of all) expect(own).toEqual(computed);
  await ahead.close();
  expect(ahead.agreement(maskPrivateKey(seedsOf(0).maskSeed))(keysOf(1).maskKey)).toEqual(new Uint8Array(32));
});

test('without it participants compute them, each pair once', async () => {
  const ahead = begun(new URL('./there-is-none.js', WORKER));
  await ahead.settled();
  expect(ahead.missing).toBe(PAIRS);
  for (const { own, computed } of agreed(ahead)) expect(own).toEqual(computed);
  expect(ahead.missing).toBe(0);
  await ahead.close();
});

test('a roster that shows not all keys is not one to begin with', async () => {
  const roster = session.roster.map((member, position) =>
    position === 3 ? { ...member, keys: null } : member,
  );
  const ahead = begun(WORKER, { ...session, roster });
  expect(ahead.missing).toBeNull();
  for (const { own, computed } of agreed(ahead)) expect(own).toEqual(computed);
  await ahead.close();
});

test('pairs: each once, in the order of turns, found from both ends', () => {
  const ring = (position: number) => [(position + 5) % 6, (position + 1) % 6].sort((a, b) => a - b);
  const pairs = pairsOf([4, 0, 1, 2, 3, 5], ring);
  expect([...pairs.ends]).toEqual([4, 3, 4, 5, 0, 1, 0, 5, 1, 2, 2, 3]);
  expect(pairs.count).toBe(6);
  expect([pairs.indexOf(5, 4), pairs.indexOf(4, 5), pairs.indexOf(2, 1)]).toEqual([1, 1, 4]);
  expect([pairs.indexOf(0, 3), pairs.indexOf(2, 2)]).toEqual([-1, -1]);
});
