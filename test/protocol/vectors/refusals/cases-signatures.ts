/** §4.6: the signatures of r3, and answers to the own complaints. */
import { sha256 } from '../../../../crypto/index.js';
import { unmask } from '../../../../src/protocol/client/r4-unmask.js';
import {
  type Answer,
  answerCodec,
  consistencyCodec,
  type Consistency,
} from '../../../../src/protocol/messages.js';
import { signBody, type Signed } from '../../../../src/protocol/signed.js';
import { altered, clone, must, type Party } from '../../../helpers/protocol.js';
import { COMPLAINT, DROPOUTS } from './bases.js';
import { add, at, type Case, casesOf, type Change, memberAt, remove, replace, sessionOf } from './case.js';
import { overfull, resignedBy, spoiled, stranger, zeros } from './signing.js';

const SELF = 3;
const SIGNED = [0, 1, 3, 4, 6, 7];

export function signaturesCases(): Case[] {
  const { setup, r4 } = sessionOf(DROPOUTS);
  const { signatures } = r4.message;
  const person = (position: number): Party => at(setup.members, position).party;
  const by = (position: number): Signed => at(signatures, SIGNED.indexOf(position));
  const given = (...items: readonly Signed[]): Change => replace('/message/signatures', items);
  const is = (position: number, signed: Signed): Change =>
    replace(`/message/signatures/${SIGNED.indexOf(position)}`, signed);
  const other = (position: number, changes: Partial<Consistency>): Signed =>
    altered(consistencyCodec, by(position), person(position), changes);
  const notInU3 = altered(consistencyCodec, by(0), person(5), { sender: person(5).identity });
  const sends = memberAt(r4.members, SELF).send.r4;
  const it = casesOf('signatures');
  return [
    it('§4.6, 1', 'a payload has a field too many', 'MALFORMED', is(6, overfull(by(6), person(6)))),
    it('§4.6, 1', 'so has one of somebody who is nobody here', 'MALFORMED', is(6, overfull(by(6), stranger))),
    it(
      '§4.6, 2',
      'one who is not in U3 does not count',
      'NO_QUORUM',
      given(by(0), by(1), by(3), by(4), notInU3),
    ),
    {
      ...it('§4.6, 2', 'one who is not in U3 does no harm', null, add('/message/signatures/0', notInU3)),
      sends,
    },
    it('§4.6, 3', 'a signature does not verify', 'BAD_SIGNATURE', is(6, spoiled(by(6)))),
    it(
      '§4.6, 3',
      'a survivor signed in the name of another',
      'BAD_SIGNATURE',
      is(6, resignedBy(person(7), by(6))),
    ),
    it(
      '§4.6, 4',
      'one of another session does not count',
      'NO_QUORUM',
      given(by(0), by(1), by(3), by(4), other(6, { ctx: zeros })),
    ),
    {
      ...it(
        '§4.6, 4',
        'one of another session, with other sets, does no harm',
        null,
        is(6, other(6, { ctx: zeros, u3: zeros })),
      ),
      sends,
    },
    it('§4.6, 5', 'a survivor signed another U1', 'EQUIVOCATION', is(6, other(6, { u1: zeros }))),
    it('§4.6, 5', 'a survivor signed another U2', 'EQUIVOCATION', is(6, other(6, { u2: zeros }))),
    it('§4.6, 5', 'a survivor signed another U3', 'EQUIVOCATION', is(6, other(6, { u3: zeros }))),
    it('§4.6, 5', 'a survivor signed other uploads', 'EQUIVOCATION', is(6, other(6, { uploads: zeros }))),
    it(
      '§4.6, 5',
      'so it did besides the right sets',
      'EQUIVOCATION',
      add('/message/signatures/6', other(6, { u3: zeros })),
    ),
    it(
      '§4.6, 6',
      'four of five',
      'NO_QUORUM',
      remove('/message/signatures/5'),
      remove('/message/signatures/4'),
    ),
    it(
      '§4.6, 6',
      'four of five, two of them twice',
      'NO_QUORUM',
      given(by(0), by(0), by(1), by(1), by(3), by(4)),
    ),
    it('§4.6, 6', 'none', 'NO_QUORUM', given()),
    {
      ...it('§4.6, 6', 'four others: the own one makes five', null, given(by(0), by(1), by(4), by(6))),
      sends,
    },
    ...answerCases(),
  ];
}

/** Position 3 complained about the dealer at 1, who answered; not about the one at 2. */
function answerCases(): Case[] {
  const { setup, r3, r4, answers } = sessionOf(COMPLAINT);
  const { signed, shares } = at(answers, 0);
  const dealer = at(setup.members, 1).party;
  const silent = at(setup.members, 2).party;
  const { state, deps } = memberAt(r3.members, SELF);
  const withAnswer = memberAt(r4.members, SELF).send.r4;
  const without = must(unmask(clone(state), { ...r4.message, answers: [] }, deps)).send.r4;
  const is = (answer: Signed): Change => replace('/message/answers/0/answer', answer);
  const says = (changes: Partial<Answer>): Change => is(altered(answerCodec, signed, dealer, changes));
  const from = (sender: Party): Signed =>
    signBody(answerCodec, { ...answerCodec.decode(signed.payload), sender: sender.identity }, sender.signer);
  const it = casesOf('signatures, answer');
  const gives =
    (sends: Signed) =>
    (what: string, ...patch: readonly Change[]): Case => ({
      ...it('§4.6, answers', what, null, ...patch),
      sends,
    });
  const [useless, useful] = [gives(without), gives(withAnswer)];
  return [
    it('§4.6, answers', 'an answer has a field too many', 'MALFORMED', is(overfull(signed, dealer))),
    it(
      '§4.6, answers',
      'so has one of somebody who is nobody here',
      'MALFORMED',
      is(overfull(signed, stranger)),
    ),
    it('§4.6, answers', 'the signature of an answer does not verify', 'BAD_SIGNATURE', is(spoiled(signed))),
    useless('there is no answer: kind 3', remove('/message/answers/0')),
    useless('an answer has another ctx', says({ ctx: zeros })),
    useless('an answer is for another holder', says({ holder: silent.identity })),
    useless('an answer has other shares', replace('/message/answers/0/shares/0', zeros)),
    useless('an answer has one share', replace('/message/answers/0/shares', shares.slice(0, 1))),
    useless('an answer of a dealer that was not complained about is skipped', is(spoiled(from(silent)))),
    useless('an answer of somebody who is nobody here is skipped', is(spoiled(from(stranger)))),
    useful('the shares fit and the hash that the answer signs does not', says({ shares: sha256(zeros) })),
  ];
}
