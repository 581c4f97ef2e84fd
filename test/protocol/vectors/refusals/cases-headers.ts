/** §4.5: the statement of U3, the headers, the vote. */
import { grantCodec } from '../../../../src/protocol/documents.js';
import { type MaskedInput, maskedInputCodec } from '../../../../src/protocol/messages.js';
import { datasetScope } from '../../../../src/protocol/scope.js';
import { signBody, type Signed } from '../../../../src/protocol/signed.js';
import { altered, coordinator, organiser, type Party } from '../../../helpers/protocol.js';
import { grantsOf } from '../scenarios.js';
import { DROPOUTS, GRANT } from './bases.js';
import { add, at, type Case, casesOf, type Change, memberAt, remove, replace, sessionOf } from './case.js';
import { setCases } from './cases-shares.js';
import { overfull, resignedBy, spoiled, zeros } from './signing.js';

const SELF = 3;
const U3 = [0, 1, 3, 4, 6, 7];

export function headersCases(): Case[] {
  const { setup, r2, r3 } = sessionOf(DROPOUTS);
  const { headers, statement } = r3.message;
  const person = (position: number): Party => at(setup.members, position).party;
  const identities = (positions: readonly number[]) => positions.map((position) => person(position).identity);
  const header = (position: number): Signed => at(headers, U3.indexOf(position));
  const is = (position: number, signed: Signed): Change =>
    replace(`/message/headers/${U3.indexOf(position)}`, signed);
  const says = (position: number, changes: Partial<MaskedInput>): Change =>
    is(position, altered(maskedInputCodec, header(position), person(position), changes));
  const sends = memberAt(r3.members, SELF).send;
  const before = identities([0, 1, 3, 4, 6]);
  const grant = { scope: datasetScope('records'), from: before, to: identities(U3) };
  const voted = (by: Party): Change[] => [
    replace('/own/vote', before),
    replace('/own/acceptGrants', true),
    replace('/own/grants', [signBody(grantCodec, grant, by.signer)]),
  ];
  const it = casesOf('headers');
  return [
    ...setCases('headers', 3, statement, {
      beyond: [0, 1, 2, 3, 4, 6, 7],
      withoutSelf: [0, 1, 4, 6, 7],
      four: [0, 1, 3, 4],
    }),
    it('§4.5, 2', 'a header is missing', 'MISSING_HEADER', remove('/message/headers/5')),
    it(
      '§4.5, 2',
      'there is a header more: of U2 \\ U3',
      'MISSING_HEADER',
      add('/message/headers/6', memberAt(r2.members, 5).send.header),
    ),
    it('§4.5, 3', 'the signature of a header does not verify', 'BAD_SIGNATURE', is(6, spoiled(header(6)))),
    it(
      '§4.5, 3',
      'a header is signed by another survivor',
      'BAD_SIGNATURE',
      is(6, resignedBy(person(7), header(6))),
    ),
    it('§4.5, 3', 'two headers change places', 'BAD_SIGNATURE', is(6, header(7)), is(7, header(6))),
    it('§4.5, 3', 'a header has a field too many', 'MALFORMED', is(6, overfull(header(6), person(6)))),
    it('§4.5, 4', 'a header names another sender', 'MISSING_HEADER', says(6, { sender: person(7).identity })),
    it('§4.5, 5', 'the first header has another ctx', 'CONTEXT_MISMATCH', says(0, { ctx: zeros })),
    it('§4.5, 5', 'the last header has another ctx', 'CONTEXT_MISMATCH', says(7, { ctx: zeros })),
    it('§4.5, 6', 'the first header shows another U1', 'MISSING_HEADER', says(0, { u1: zeros })),
    it('§4.5, 6', 'the last header shows another U1', 'MISSING_HEADER', says(7, { u1: zeros })),
    it('§4.5, 6', 'the first header shows another U2', 'MISSING_HEADER', says(0, { u2: zeros })),
    it('§4.5, 6', 'the last header shows another U2', 'MISSING_HEADER', says(7, { u2: zeros })),
    it(
      '§4.5, 7',
      'the own header is another one of the own identity',
      'CONFLICT',
      says(SELF, { digests: [zeros] }),
    ),
    it(
      '§4.5, 7',
      'the own header has a complaint more',
      'CONFLICT',
      says(SELF, { complaints: [{ dealer: person(0).identity, ciphertext: zeros }] }),
    ),
    it('§4.5, 8', 'the scope was voted for others', 'VOTE_SPENT', replace('/own/vote', before)),
    {
      ...it('§4.5, 8', 'the scope was voted for the same', null, replace('/own/vote', identities(U3))),
      sends,
    },
    it(
      '§4.5, 9',
      'another vector was sent in the scope since',
      'INPUT_CHANGED',
      replace('/own/sent', { input: null, integers: [[1, 2, 3, 4, 5, 6]] }),
    ),
    it('§4.5, 8', 'a grant that the opening does not name', 'VOTE_SPENT', ...voted(organiser)),
    it('§4.5, 8', 'a grant that the coordinator signed', 'WRONG_ORGANISER', ...voted(coordinator)),
    ...grantCases(),
  ];
}

/** Every grant but one is named by the opening; the vote was for all four. */
function grantCases(): Case[] {
  const { setup } = sessionOf(GRANT);
  const [right, ...wrong] = grantsOf(setup.parties) as [Signed, Signed, Signed, Signed, Signed];
  const [otherScope, otherFrom, otherTo, unordered] = wrong;
  const it = casesOf('headers, grant');
  const held = (...grants: readonly Signed[]): Change => replace('/own/grants', grants);
  const unnamed = altered(grantCodec, right, organiser, { to: grantCodec.decode(otherTo.payload).to });
  const spent = 'VOTE_SPENT';
  return [
    it('§4.5, 8', 'the policy accepts no grants', spent, replace('/own/acceptGrants', false)),
    it('§4.5, 8', 'no grant is held', spent, held()),
    it('§4.5, 8', 'the grant is of another scope', spent, held(otherScope)),
    it('§4.5, 8', 'the grant is from another set', spent, held(otherFrom)),
    it('§4.5, 8', 'the grant is to another set', spent, held(otherTo)),
    it('§4.5, 8', 'the set from which the grant leads is not increasing', spent, held(unordered)),
    it('§4.5, 8', 'the signature of the grant does not verify', 'WRONG_ORGANISER', held(spoiled(right))),
    it('§4.5, 8', 'the grant has a field too many', 'MALFORMED', held(overfull(right, organiser))),
    it('§4.5, 8', 'the same, behind one that counts', null, held(right, spoiled(right))),
    it('§4.5, 8', 'one that counts, behind others', null, held(unnamed, otherScope, right)),
  ];
}
