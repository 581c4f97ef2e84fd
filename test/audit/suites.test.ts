/** What the audit asks of a suite: who has which neighbours, what is revealed, what can be run at all (PROTOCOL §5). */
import { describe, expect, test } from '@jest/globals';
import { BlindsumError } from '../../src/protocol/errors.js';
import { beaconExtension, roundExtension } from '../../src/protocol/beacon.js';
import type { Members } from '../../src/protocol/sets.js';
import type { Suite } from '../../src/protocol/suite.js';
import { ckksSumkey } from '../../src/protocol/suites/ckks-sumkey/index.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';
import { ringOf } from '../../src/protocol/suites/masking-ring/ring.js';
import {
  altered,
  type AtR1,
  at,
  type DropRound,
  coordinator,
  fill,
  participants,
} from '../helpers/protocol.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';
import { archived, archiveOf, archiveOfPlayed, audit, forged } from './helpers/archive.js';
import { bought, codes, finding, replace, without } from './helpers/edits.js';
import { type Played, playSession } from './helpers/played.js';
import { unmaskCodec } from '../../src/protocol/messages.js';
import { setCodec } from '../../src/protocol/statements.js';

const parties = participants(5);
const refused = (what: string): never => {
  throw new BlindsumError('BAD_SET', 'peer', what);
};

describe('a suite with chosen neighbours', () => {
  /** Nobody may lose the neighbour with the next position. */
  const checkPairs = (members: Members): void => {
    if (!members.every((member) => members.includes((member + 1) % 5))) refused('a neighbour is missing');
  };
  const sparse: Suite = {
    ...maskingComplete,
    sparse: true,
    checkSets: (_session, { u2, u3 }) => {
      checkPairs(u2.members);
      if (u3 !== undefined) checkPairs(u3.members);
    },
  };
  const options = { suite: () => sparse };

  test('with all of them', async () => {
    const verdict = await audit(archiveOfPlayed([playSession(parties)]), options);
    expect(verdict.findings).toEqual([]);
    expect(verdict.sessions[0]?.checks.V9.state).toBe('holds');
  });

  test.each([
    ['U2', 1],
    ['U3', 2],
  ] as const)('with one missing in %s', async (_set, round) => {
    const played = playSession(parties, { drops: [5, round, 5, 5, 5] });
    const verdict = await audit(archiveOfPlayed([played]), options);
    expect(codes(verdict)).toEqual(['WRONG_GRAPH']);
    expect(finding(verdict, 'WRONG_GRAPH')).toMatchObject({ check: 'V9', by: 'coordinator' });
    expect(verdict.sessions[0]?.checks.V9.state).toBe('fails');
  });

  test('a session that ended before there was a set', async () => {
    const verdict = await audit(archiveOfPlayed([playSession(parties, { drops: [1, 1, 5, 5, 5] })]), options);
    expect(verdict.sessions[0]?.checks.V9.state).toBe('not applicable');
  });
});

test('a task that a suite cannot run with so many', async () => {
  const never: Suite = { ...maskingComplete, derive: () => refused('too many for it') };
  const early = playSession(parties, { drops: [0, 0, 5, 5, 5] });
  const verdict = await audit(archiveOfPlayed([early]), { suite: () => never });
  expect(finding(verdict, 'WRONG_NUMBERS').message).toContain('too many for it');
});

describe('what exposes an input', () => {
  const { session } = (playSession(parties) as Required<Played>).r1.frozen;
  const encrypted = playSession(parties, { task: ckksTask(5), input: floats }) as Required<Played>;

  test.each([
    [[4, 4], true],
    [[4, 3], false],
    [[3, 5], false],
    [[5, 5], true],
  ])('masking/complete, t = 4, shares of each kind: %j', (shares, exposed) => {
    expect(maskingComplete.exposes(session, shares)).toBe(exposed);
  });

  test.each([
    [1, false],
    [2, true],
  ])('ckks/sumkey, n_C = 1, %i shares of one key', (shares, exposed) => {
    expect(ckksSumkey.exposes(encrypted.r1.frozen.session, [shares])).toBe(exposed);
  });

  test('ckks/sumkey: an r4 is one sum, or nothing', async () => {
    const by = at(parties, 2);
    for (const kinds of [[], [2], [1, 1]]) {
      const other = forged(encrypted, bought('r4', unmaskCodec, by, { kinds: Uint8Array.from(kinds) }));
      expect(codes(await audit(archiveOf([other])))).toEqual(['WRONG_SHARES']);
    }
    const withheld = forged(encrypted, bought('r4', unmaskCodec, by, { kinds: fill(3, 1) }));
    const verdict = await audit(archiveOf([withheld]));
    expect(verdict.findings).toEqual([]);
    expect(verdict.sessions[0]?.revealed).toEqual({ sumKey: 4, withheld: 1 });
  });
});

test('without a statement of U3 there is nothing to compare votes with', async () => {
  const played = playSession(parties);
  const verdict = await audit(archiveOf([forged(played, without('u3'))]));
  expect(codes(verdict)).toEqual(['MISSING_STATEMENT', 'NOT_A_MEMBER', 'WRONG_RESULT']);
  expect(verdict.sessions[0]?.checks).toMatchObject({
    V6: { state: 'not checked' },
    V7: { state: 'not checked' },
  });
  expect(archived(played).leaves).toHaveLength(played.leaves.length);
});

describe('a ring from a beacon', () => {
  const value = { round: 7, randomness: fill(9) };
  const chain = { chain: 'ab'.repeat(32), genesisMs: 10 ** 9, periodMs: 1000 };
  const played = playSession(participants(14), {
    task: {
      suite: 'masking/ring',
      maxColluders: 1,
      minSurvivors: 13,
      critical: [beaconExtension(chain.chain)],
    },
    opening: { critical: [roundExtension(7)] },
    beacon: { chain, value },
  });
  const known = (extension: string, round: number) =>
    extension === beaconExtension(chain.chain) && round === 7 ? value.randomness : null;

  test('whose value the auditor knows', async () => {
    const verdict = await audit(archiveOfPlayed([played]), { beacon: known });
    expect(verdict.findings).toEqual([]);
    expect(verdict.sessions[0]?.checks.V9.state).toBe('holds');
  });

  test('whose value the auditor does not know', async () => {
    const verdict = await audit(archiveOfPlayed([played]), { beacon: () => null });
    expect(codes(verdict)).toContain('UNSUPPORTED');
    expect(finding(verdict, 'UNSUPPORTED').message).toContain('round 7 of ring:beacon:abab');
  });

  test('or none, by default', async () => {
    expect(codes(await audit(archiveOfPlayed([played])))).toContain('UNSUPPORTED');
  });
});

describe('a ring whose numbers the coordinator chose', () => {
  const task = { suite: 'masking/ring', maxColluders: 1, minSurvivors: 13 };
  const played = playSession(participants(14), { task });

  test('so that whoever draws it runs out of memory: a finding, and nothing is drawn', async () => {
    const { parameters } = (played.r1 as AtR1).frozen.session;
    for (const changed of [{ w: 2 ** 32 - 1 }, { w: 4 * 10 ** 8, k: 8 * 10 ** 8 }, { w: 2 }]) {
      const stated = replace('u1', undefined, (signed) =>
        altered(setCodec, signed, coordinator, { parameters: { ...parameters, ...changed } }),
      );
      const verdict = await audit(archiveOf([forged(played, stated)]));
      expect(codes(verdict)).toContain('WRONG_NUMBERS');
    }
  });
});

test('a ring with a gap ended in r1, though enough had come', async () => {
  const task = { suite: 'masking/ring', maxColluders: 1, minSurvivors: 33 };
  const parties42 = participants(42);
  const { r1 } = playSession(parties42, { task }) as Required<Played>;
  const gone = new Set(ringOf(r1.frozen.session).order.subarray(0, 9));
  const drops = parties42.map((_, index): DropRound => (gone.has(index) ? 1 : 5));
  const played = playSession(parties42, { task, drops });
  expect(played.outcome).toMatchObject({ round: 'aborted', abort: { code: 'TOO_FEW_SURVIVORS' } });
  expect((await audit(archiveOfPlayed([played]))).findings).toEqual([]);
});
