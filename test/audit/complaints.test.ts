/** Complaints and answers in transcripts: what honest ones look like, and who may be blamed for what. */
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import { sha256 } from '../../crypto/hash.js';
import { answerComplaint } from '../../src/protocol/client/answer-complaint.js';
import { acceptAnswer } from '../../src/protocol/coordinator/complaints.js';
import { maskedInputCodec } from '../../src/protocol/messages.js';
import { abortCodec } from '../../src/protocol/statements.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';
import {
  altered,
  at,
  type AtR2,
  coordinator,
  coordinatorDeps,
  type DropRound,
  must,
  packetOf,
  participants,
  type Party,
} from '../helpers/protocol.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';
import { archived, archiveOf, audit, engine, escrowOf, forged, idOf } from './helpers/archive.js';
import { codes, finding, replace } from './helpers/edits.js';
import { type Played, type PlayOptions, playSession } from './helpers/played.js';

const parties = participants(5);
const [p0, p1, p2] = parties as [Party, Party, Party];

/** Some holders complain about the packet that participant 1 dealt, some of whom it answers. */
const withComplaints = (
  holders: readonly Party[],
  answered: readonly Party[],
  drops: DropRound[],
  more: PlayOptions = {},
): Played =>
  playSession(parties, {
    ...more,
    drops,
    r2: (message, position, { dealers }) => {
      const holder = at(parties, position);
      if (!holders.includes(holder)) return message;
      const { ciphertext } = packetOf(at(dealers, 1), position);
      const complaints = [{ dealer: p1.identity, ciphertext: sha256(ciphertext) }];
      return { ...message, header: altered(maskedInputCodec, message.header, holder, { complaints }) };
    },
    answers: ({ frozen, members }: AtR2) => {
      const dealer = at(members, 1);
      return answered.map((holder) => {
        const { header } = at(members, parties.indexOf(holder)).send;
        const { send } = must(answerComplaint(dealer.state, header, dealer.deps));
        const request = { sender: p1.identity, signed: send.answer, shares: send.shares };
        return acceptAnswer(frozen, request, coordinatorDeps);
      });
    },
  });

test.each<[string, PlayOptions, Record<string, number>]>([
  ['masking/complete', {}, { maskKey: 1, selfMask: 26, withheld: 0 }],
  ['ckks/sumkey', { task: ckksTask(5), input: floats }, { sumKey: 6, withheld: 0 }],
])('%s: a complaint that is answered is nothing to find', async (_suite, options, revealed) => {
  const played = withComplaints([p0], [p0], [5, 5, 5, 5, 5], options) as Required<Played>;
  const escrow = new Map([[idOf(played.leaves), escrowOf(played)]]);
  const verdict = await audit(archiveOf([archived(played)], { escrow }), { engine });
  expect(verdict.findings).toEqual([]);
  expect(verdict.sessions[0]?.counts).toMatchObject({ complaints: 1, answers: 1 });
  expect(verdict.sessions[0]?.revealed).toEqual(revealed);
});

test('a dealer about whom more complain than may collude is blamed, and whoever hides that is found', async () => {
  const played = withComplaints([p0, p2], [p0], [5, 5, 5, 5, 2]);
  expect(played.outcome).toMatchObject({ round: 'aborted', abort: { code: 'BAD_DEALER' } });
  const verdict = await audit(archiveOf([archived(played)]));
  expect(verdict.findings).toEqual([]);
  expect(verdict.sessions[0]?.abort?.blamed).toEqual([toHex(p1.identity)]);

  const hidden = forged(
    played,
    replace('abort', undefined, (signed) => altered(abortCodec, signed, coordinator, { blamed: [] })),
  );
  const found = await audit(archiveOf([hidden]));
  expect(codes(found)).toEqual(['WRONG_BLAME']);
  expect(finding(found, 'WRONG_BLAME')).toMatchObject({
    by: 'coordinator',
    identities: [toHex(p1.identity)],
  });
});

test('a session that an operator cancels blames nobody, whatever the complaints prove', async () => {
  const played = withComplaints([p0, p2], [p0], [5, 5, 5, 5, 2]);
  const cancelled = forged(
    played,
    replace('abort', undefined, (signed) =>
      altered(abortCodec, signed, coordinator, { blamed: [], code: 'CANCELLED', message: 'enough' }),
    ),
  );
  expect((await audit(archiveOf([cancelled]))).findings).toEqual([]);
});

test('of a dealer about whom no more complain than may collude nothing is proven', async () => {
  const played = withComplaints([p0], [], [5, 5, 5, 2, 2]);
  expect(played.outcome).toMatchObject({ abort: { code: 'TOO_FEW_SURVIVORS', round: 'r2', blamed: [] } });
  expect((await audit(archiveOf([archived(played)]))).findings).toEqual([]);
});

test('a share that was revealed twice to the same counts once', async () => {
  const played = withComplaints([p0], [p0], [5, 5, 5, 5, 2]);
  const counted: (readonly number[])[] = [];
  const exposes = (_session: unknown, shares: readonly number[]): boolean => {
    counted.push(shares);
    return false;
  };
  const verdict = await audit(archiveOf([archived(played)]), {
    suite: () => ({ ...maskingComplete, exposes }),
  });
  expect(verdict.findings).toEqual([]);
  // Of each dealer in roster order: shares of its mask key, and of its self mask.
  expect(counted).toEqual([[0, 4], [1, 4], [0, 4], [0, 4], [4, 0]]); // prettier-ignore
});
