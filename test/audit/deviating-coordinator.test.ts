/**
 * A coordinator that puts into the transcript whatever it likes, signs all of it with its real key and logs it. Participants
 * that it has bought sign along. Each way to cheat is found, in the right record, and blamed on the coordinator.
 */
import { describe, expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import type { FindingCode } from '../../src/audit/codes.js';
import type { CheckId } from '../../src/audit/types.js';
import { decodeSigned } from '../../src/protocol/attachments.js';
import { electorateHash, taskCodec } from '../../src/protocol/documents.js';
import {
  advertiseKeysCodec,
  consistencyCodec,
  maskedInputCodec,
  shareKeysCodec,
  unmaskCodec,
} from '../../src/protocol/messages.js';
import { memberSet, toBitmap } from '../../src/protocol/sets.js';
import { type Signed, signBody, signedLeaf } from '../../src/protocol/signed.js';
import { abortCodec, openingCodec, resultCodec, setCodec } from '../../src/protocol/statements.js';
import type { SessionHead } from '../../src/protocol/transcript/session-head.js';
import {
  altered,
  at,
  coordinator,
  type DropRound,
  fill,
  participants,
  type Party,
  party,
  signAnswer,
} from '../helpers/protocol.js';
import { archived, archiveOf, audit, forged, withHead } from './helpers/archive.js';
import { all, bought, codes, type Edit, find, finding, replace, without } from './helpers/edits.js';
import { type Played, playSession } from './helpers/played.js';

const parties = participants(5);
const [p0, p1, p2, p3, p4] = parties as [Party, Party, Party, Party, Party];
const stranger = party('a stranger');
/** Position 4 drops out after r1. */
const played = playSession(parties, { drops: [5, 5, 5, 5, 2] }) as Required<Played>;
const { session } = played.r1.frozen;
const setOf = (set: 1 | 2 | 3, members: number[]) => memberSet(session.ctx, set, members, 5).hash;
const aborted = (drops: DropRound[]) => playSession(parties, { drops });

const restated = <T>(
  kind: 'opening' | 'u1' | 'u2' | 'u3' | 'result' | 'abort',
  codec: never,
  changes: Partial<T>,
): Edit => replace(kind, undefined, (signed) => altered<T>(codec, signed, coordinator, changes));
const moved =
  (kind: 'r1', by: Party): Edit =>
  (records) => {
    const index = find(records, kind, by);
    const [signed] = records.splice(index, 1);
    records.splice(index + 1, 0, signed as Signed);
    return records;
  };
const twice = (kind: 'r3' | 'r4', by: Party, also: (signed: Signed) => Signed = (signed) => signed): Edit =>
  replace(kind, by, (signed) => [signed, also(signed)]);
const otherKinds = (signed: Signed, by: Party): Signed => {
  const { kinds } = unmaskCodec.decode(signed.payload);
  return altered(unmaskCodec, signed, by, { kinds: kinds.map((kind) => 3 - kind) });
};
const answersOf = (dealer: Party, holders: readonly Party[]): Edit =>
  replace('u3', undefined, (signed) => [
    ...holders.map((holder) => signAnswer(session.ctx, holder.identity, [fill(1), fill(2)], dealer.signer)),
    signed,
  ]);

interface Case {
  readonly what: string;
  readonly edit: Edit;
  readonly code: FindingCode;
  readonly check: CheckId;
  readonly who?: readonly Party[];
  /** Default: the coordinator. */
  readonly by?: 'coordinator' | 'organiser' | 'participant' | 'unknown';
  /** What has to follow from it. */
  readonly also?: readonly FindingCode[];
  readonly of?: Played;
  readonly head?: Partial<SessionHead>;
  readonly detail?: string;
}

const cases: readonly Case[] = [
  {
    what: 'a list of the invited in another order',
    edit: restated<object>('opening', openingCodec as never, {
      electorate: { hash: electorateHash([...played.setup.electorate].reverse()), size: 5 },
    }),
    head: { electorate: [...played.setup.electorate].reverse() },
    code: 'ELECTORATE_MISMATCH',
    check: 'V1',
  },
  {
    what: 'others invited than the organiser pinned',
    edit: restated<object>('opening', openingCodec as never, {
      electorate: { hash: electorateHash(played.setup.electorate.slice(1)), size: 4 },
    }),
    head: { electorate: played.setup.electorate.slice(1) },
    code: 'ELECTORATE_MISMATCH',
    check: 'V1',
  },
  {
    what: 'another number of invited',
    edit: restated<object>('opening', openingCodec as never, {
      electorate: { hash: electorateHash(played.setup.electorate), size: 6 },
    }),
    code: 'ELECTORATE_MISMATCH',
    check: 'V1',
  },
  {
    what: 'another suite',
    edit: restated<object>('opening', openingCodec as never, { suite: 'ckks/sumkey' }),
    code: 'WRONG_TASK',
    check: 'V2',
  },
  {
    what: 'somebody in U3 who was not in U2',
    of: playSession(parties, { drops: [5, 5, 5, 5, 1] }),
    edit: all(
      replace('r2', p3, (signed) => [signed, altered(maskedInputCodec, signed, p4, { sender: p4.identity })]),
      restated('u3', setCodec as never, { members: toBitmap([0, 1, 2, 3, 4], 5) }),
    ),
    code: 'WRONG_SET',
    check: 'V5',
    detail: 'U3 names somebody who is not in U2',
  },
  {
    what: 'a vote of somebody who is not in U3',
    edit: all(without('r3', p2), (records) =>
      replace('r3', p3, (signed) => [signed, altered(consistencyCodec, signed, p4, { sender: p4.identity })])(
        [...records],
      ),
    ),
    code: 'NO_QUORUM',
    check: 'V6',
    also: ['NOT_A_MEMBER'],
  },
  ...(['u1', 'u2'] as const).flatMap((set): Case[] => [
    {
      what: `a vote for another ${set}`,
      edit: bought('r3', consistencyCodec, p2, { [set]: fill(1) }),
      code: 'OTHER_VOTE',
      check: 'V6',
      who: [p2],
      also: ['NO_QUORUM'],
    },
    {
      what: `an answer for another ${set}`,
      edit: bought('r4', unmaskCodec, p2, { [set]: fill(1) }),
      code: 'OTHER_SETS',
      check: 'V7',
      who: [p2],
    },
  ]),
  {
    what: 'somebody blamed for a sum that was never opened',
    edit: restated<object>('abort', abortCodec as never, { code: 'BAD_DEALER', blamed: [p1.identity] }),
    of: aborted([5, 5, 5, 3, 3]),
    code: 'WRONG_BLAME',
    check: 'V5',
    who: [p1],
  },
  // V1
  {
    what: 'r1 signed by another key',
    edit: bought('r1', shareKeysCodec, p1, {}, stranger),
    code: 'BAD_SIGNATURE',
    check: 'V1',
    who: [p1],
  },
  {
    what: 'a vote signed by another key',
    edit: bought('r3', consistencyCodec, p2, {}, stranger),
    code: 'BAD_SIGNATURE',
    check: 'V1',
    who: [p2],
    also: ['NO_QUORUM'],
  },
  {
    what: 'a task signed by the coordinator',
    edit: replace('task', undefined, (signed) => altered(taskCodec, signed, coordinator, {})),
    code: 'WRONG_ORGANISER',
    check: 'V1',
  },
  {
    what: 'a statement of another key',
    edit: replace('u2', undefined, (signed) => altered(setCodec, signed, stranger, {})),
    code: 'WRONG_COORDINATOR',
    check: 'V1',
    by: 'unknown',
  },
  {
    what: 'a participant that nobody invited',
    edit: replace('u1', undefined, (signed) => [
      signBody(
        advertiseKeysCodec,
        { sender: fill(255), opening: session.id, shareKey: fill(9), maskKey: fill(10), nonce: fill(1) },
        stranger.signer,
      ),
      signed,
    ]),
    code: 'NOT_INVITED',
    check: 'V1',
    also: ['BAD_SIGNATURE', 'WRONG_CONTEXT', 'WRONG_SET'],
  },
  {
    what: 'an answer of somebody who had dropped out',
    edit: replace('r4', p3, (signed) => [signed, altered(unmaskCodec, signed, p4, { sender: p4.identity })]),
    code: 'NOT_A_MEMBER',
    check: 'V1',
    who: [p4],
  },
  // V2
  {
    what: 'a message of another session',
    edit: bought('r1', shareKeysCodec, p1, { ctx: fill(1) }),
    code: 'WRONG_CONTEXT',
    check: 'V2',
    who: [p1],
  },
  {
    what: 'shares for another roster',
    edit: bought('r1', shareKeysCodec, p1, { rosterRoot: fill(1) }),
    code: 'WRONG_CONTEXT',
    check: 'V2',
    who: [p1],
  },
  {
    what: 'another task',
    edit: replace('task', undefined, (signed) =>
      altered(taskCodec, signed, party('organiser'), { name: 'another' }),
    ),
    code: 'WRONG_TASK',
    check: 'V2',
  },
  // V3
  {
    what: 'a lower threshold',
    edit: restated('u1', setCodec as never, { parameters: { q: 3, t: 3 } }),
    code: 'WRONG_NUMBERS',
    check: 'V3',
    also: ['WRONG_CONTEXT'],
  },
  {
    what: 'a number more',
    edit: restated('u1', setCodec as never, { parameters: { q: 4, t: 4, k: 2 } }),
    code: 'WRONG_NUMBERS',
    check: 'V3',
    also: ['WRONG_CONTEXT'],
  },
  {
    what: 'numbers in a later statement',
    edit: restated('u3', setCodec as never, { parameters: { q: 2 } }),
    code: 'WRONG_NUMBERS',
    check: 'V3',
  },
  {
    what: 'fewer survivors than needed',
    edit: restated('u3', setCodec as never, { members: toBitmap([0, 1, 2], 5) }),
    code: 'TOO_FEW',
    check: 'V3',
    also: ['OTHER_VOTE'],
  },
  // V4
  {
    what: 'a weak key',
    edit: bought('r0', advertiseKeysCodec, p1, { maskKey: new Uint8Array(32) }),
    code: 'WEAK_KEY',
    check: 'V4',
    who: [p1],
    also: ['WRONG_CONTEXT'],
  },
  {
    what: 'the same key twice',
    edit: bought('r0', advertiseKeysCodec, p1, {
      maskKey: at(session.roster, 0).keys?.shareKey as Uint8Array,
    }),
    code: 'DUPLICATE_KEY',
    check: 'V4',
    who: [p0, p1],
  },
  {
    what: 'one key for both uses',
    edit: bought('r0', advertiseKeysCodec, p1, {
      maskKey: at(session.roster, 1).keys?.shareKey as Uint8Array,
    }),
    code: 'DUPLICATE_KEY',
    check: 'V4',
    who: [p1],
  },
  // V5
  {
    what: 'a roster that leaves somebody out',
    edit: restated('u1', setCodec as never, { members: toBitmap([0, 1, 2, 3], 5) }),
    code: 'WRONG_SET',
    check: 'V5',
  },
  { what: 'somebody in U2 who sent no shares', edit: without('r1', p1), code: 'WRONG_SET', check: 'V5' },
  {
    what: 'somebody missing in U2',
    edit: restated('u2', setCodec as never, { members: toBitmap([0, 1, 2, 3], 5) }),
    code: 'WRONG_SET',
    check: 'V5',
    also: ['OTHER_HEADER'],
  },
  {
    what: 'somebody in U3 who sent nothing',
    edit: restated('u3', setCodec as never, { members: toBitmap([0, 1, 2, 3, 4], 5) }),
    code: 'WRONG_SET',
    check: 'V5',
    also: ['MISSING_HEADER'],
  },
  {
    what: 'a set of another size',
    edit: restated('u3', setCodec as never, { members: new Uint8Array(2) }),
    code: 'WRONG_SET',
    check: 'V5',
  },
  {
    what: 'a result for other survivors',
    edit: restated('result', resultCodec as never, { u3: setOf(3, [0, 1, 2, 3, 4]) }),
    code: 'WRONG_RESULT',
    check: 'V5',
  },
  {
    what: 'a result with another count',
    edit: restated('result', resultCodec as never, { survivors: 5 }),
    code: 'WRONG_RESULT',
    check: 'V5',
  },
  {
    what: 'a result with a vector more',
    edit: restated('result', resultCodec as never, { digests: [fill(1), fill(2)] }),
    code: 'WRONG_RESULT',
    check: 'V5',
  },
  // V6
  { what: 'unmasking without a quorum', edit: without('r3', p2), code: 'NO_QUORUM', check: 'V6' },
  {
    what: 'one vote counted twice',
    edit: all(without('r3', p2), twice('r3', p1)),
    code: 'NO_QUORUM',
    check: 'V6',
    also: ['DUPLICATE_RECORD'],
  },
  {
    what: 'a vote for another set',
    edit: bought('r3', consistencyCodec, p2, { u3: setOf(3, [0, 1, 2]) }),
    code: 'OTHER_VOTE',
    check: 'V6',
    who: [p2],
    also: ['NO_QUORUM'],
  },
  // V7
  {
    what: 'an answer for other sets',
    edit: bought('r4', unmaskCodec, p2, { u3: setOf(3, [0, 1, 2]) }),
    code: 'OTHER_SETS',
    check: 'V7',
    who: [p2],
  },
  {
    what: 'the other kind of share',
    edit: replace('r4', p2, (signed) => otherKinds(signed, p2)),
    code: 'WRONG_SHARES',
    check: 'V7',
    who: [p2],
  },
  {
    what: 'an answer that nothing can be made of',
    edit: bought('r4', unmaskCodec, p2, { kinds: fill(1, 4) }),
    code: 'WRONG_SHARES',
    check: 'V7',
    who: [p2],
  },
  {
    what: 'a kind of share that there is none of',
    edit: bought('r4', unmaskCodec, p2, { kinds: fill(9, 5) }),
    code: 'WRONG_SHARES',
    check: 'V7',
    who: [p2],
    detail: 'unknown kind',
  },
  {
    what: 'two answers of one participant',
    edit: twice('r4', p2, (signed) => otherKinds(signed, p2)),
    code: 'SECOND_ANSWER',
    check: 'V7',
    who: [p2],
    by: 'participant',
  },
  {
    what: 'an answer to somebody who did not complain',
    edit: answersOf(p1, [p0]),
    code: 'ANSWER_WITHOUT_COMPLAINT',
    check: 'V7',
    who: [p1],
  },
  {
    what: 'answers to more than may collude',
    edit: answersOf(p1, [p0, p2]),
    code: 'TOO_MANY_ANSWERS',
    check: 'V7',
    who: [p1],
    by: 'participant',
  },
  // V8
  {
    what: 'both kinds of share, in second answers',
    edit: all(...[p0, p1, p2, p3].map((by) => twice('r4', by, (signed) => otherKinds(signed, by)))),
    code: 'BOTH_KINDS',
    check: 'V8',
    who: parties,
    also: ['SECOND_ANSWER'],
  },
  {
    what: 'both kinds of share, by way of complaints',
    edit: answersOf(p1, [p0, p2, p3, p4]),
    code: 'BOTH_KINDS',
    check: 'V8',
    who: [p1],
    also: ['TOO_MANY_ANSWERS'],
  },
  // V14
  { what: 'records in another order', edit: moved('r1', p1), code: 'WRONG_ORDER', check: 'V14' },
  { what: 'a record twice', edit: twice('r3', p2), code: 'DUPLICATE_RECORD', check: 'V14' },
  { what: 'a set that was never stated', edit: without('u2'), code: 'MISSING_STATEMENT', check: 'V14' },
  {
    what: 'a record after the end',
    edit: (records) => [...records, at(records, find(records, 'r4', p2))],
    code: 'AFTER_END',
    check: 'V14',
    also: ['NOT_ENDED', 'SECOND_ANSWER'],
  },
  { what: 'no end', edit: without('result'), code: 'NOT_ENDED', check: 'V14', by: 'unknown' },
  // V16
  {
    what: 'a U2 shown to one victim only',
    edit: bought('r2', maskedInputCodec, p1, { u2: setOf(2, [0, 1, 2, 3]) }),
    code: 'OTHER_HEADER',
    check: 'V16',
    who: [p1],
  },
  {
    what: 'a roster shown to one victim only',
    edit: bought('r2', maskedInputCodec, p1, { u1: fill(1) }),
    code: 'OTHER_HEADER',
    check: 'V16',
    who: [p1],
  },
  {
    what: 'a header for other vectors',
    edit: bought('r2', maskedInputCodec, p1, { digests: [fill(1), fill(2)] }),
    code: 'OTHER_HEADER',
    check: 'V16',
    who: [p1],
    also: ['WRONG_UPLOADS'],
  },
  {
    what: 'a survivor without a header',
    edit: without('r2', p1),
    code: 'MISSING_HEADER',
    check: 'V16',
    who: [p1],
    also: ['WRONG_SET'],
  },
  {
    what: 'a survivor with the header of another key',
    edit: bought('r2', maskedInputCodec, p1, {}, stranger),
    code: 'MISSING_HEADER',
    check: 'V16',
    who: [p1],
    also: ['BAD_SIGNATURE'],
  },
  {
    what: 'another upload than was voted for',
    edit: bought('r2', maskedInputCodec, p1, { digests: [fill(1)] }),
    code: 'WRONG_UPLOADS',
    check: 'V16',
  },
  // Aborts
  {
    what: 'too few joined, but enough had',
    edit: restated('abort', abortCodec as never, { round: 'r0', code: 'TOO_FEW_PARTICIPANTS' }),
    of: aborted([5, 5, 5, 3, 3]),
    code: 'UNFOUNDED_ABORT',
    check: 'V5',
  },
  {
    what: 'too few votes, but enough there',
    edit: (records) => [
      ...records.slice(0, find(records, 'r4')),
      signBody(
        abortCodec,
        {
          opening: session.id,
          code: 'NO_QUORUM',
          message: '',
          round: 'r3',
          blamed: [],
          size: 0,
          root: fill(0),
        },
        coordinator.signer,
      ),
    ],
    code: 'UNFOUNDED_ABORT',
    check: 'V5',
  },
  {
    what: 'a reason that there is none of',
    edit: restated('abort', abortCodec as never, { code: 'BORED' }),
    of: aborted([1, 1, 5, 5, 5]),
    code: 'UNFOUNDED_ABORT',
    check: 'V5',
  },
  {
    what: 'too few shares before r4',
    edit: restated('abort', abortCodec as never, { code: 'TOO_FEW_SHARES' }),
    of: aborted([1, 1, 5, 5, 5]),
    code: 'UNFOUNDED_ABORT',
    check: 'V5',
  },
  ...(
    [
      ['the wrong round', [1, 1, 5, 5, 5], { round: 'r3' }],
      ['too few joined, in r1', [1, 1, 5, 5, 5], { code: 'TOO_FEW_PARTICIPANTS' }],
      ['too few shared, though enough had', [5, 2, 2, 5, 5], { code: 'TOO_FEW_SURVIVORS', round: 'r1' }],
      ['too few survived, in r3', [5, 5, 5, 3, 3], { code: 'TOO_FEW_SURVIVORS' }],
      ['no quorum, in r2', [5, 2, 2, 5, 5], { code: 'NO_QUORUM' }],
      ['no key that fits, in r2', [5, 2, 2, 5, 5], { code: 'KEY_MISMATCH' }],
    ] as const
  ).map(([what, drops, changes]): Case => ({
    what: `an abort: ${what}`,
    edit: restated<object>('abort', abortCodec as never, changes),
    of: aborted([...drops]),
    code: 'UNFOUNDED_ABORT',
    check: 'V5',
  })),
  {
    what: 'two blamed for one sum that does not open',
    edit: restated('abort', abortCodec as never, {
      code: 'BAD_DEALER',
      blamed: [p1.identity, p2.identity],
    }),
    of: aborted([4, 5, 5, 5, 4]),
    code: 'WRONG_BLAME',
    check: 'V5',
    who: [p1, p2],
  },
  {
    what: 'somebody blamed for nothing',
    edit: restated('abort', abortCodec as never, { blamed: [p1.identity] }),
    of: aborted([1, 1, 5, 5, 5]),
    code: 'WRONG_BLAME',
    check: 'V5',
    who: [p1],
  },
];

const order = (records: readonly number[]): number[] => [...records].sort((a, b) => a - b);

test.each(cases)(
  '$check $what: $code',
  async ({ edit, code, check, who, by = 'coordinator', also = [], of = played, head, detail = '' }) => {
    const session = forged(of, edit);
    const verdict = await audit(archiveOf([head === undefined ? session : withHead(session, head)]));
    const found = finding(verdict, code);
    expect(found.message).toContain(detail);
    expect(found).toMatchObject({ severity: 'error', check, by });
    if (who !== undefined)
      expect([...found.identities].sort()).toEqual(who.map(({ identity }) => toHex(identity)).sort());
    expect(found.place.startsWith('sessions/000001-')).toBe(true);
    expect(order(found.records)).toEqual(found.records);
    expect(verdict.sessions[0]?.checks[check].state).toBe('fails');
    expect(codes(verdict)).toEqual(expect.arrayContaining([...also]));
    expect(verdict.holds).toBe(false);
  },
);

test('a statement that names another size of the tree than it was signed over', async () => {
  const result = altered(
    resultCodec,
    decodeSigned(at(played.leaves, played.leaves.length - 1)),
    coordinator,
    { size: 3 },
  );
  const leaves = [...played.leaves.slice(0, -1), signedLeaf(result)];
  expect(codes(await audit(archiveOf([archived(played, leaves)])))).toEqual(['WRONG_TREE']);
});

describe('a coordinator that changes nothing', () => {
  test.each([played, aborted([1, 1, 5, 5, 5])])('is not accused', async (one) => {
    const verdict = await audit(archiveOf([forged(one, (records) => records)]));
    expect(verdict.findings).toEqual([]);
    expect(archived(one).leaves).toEqual(forged(one, (records) => records).leaves);
  });
});
