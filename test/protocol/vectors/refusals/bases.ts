/** What the participants of the published sessions are shown at each step, by name. */
import { merkleRoot, sha256 } from '../../../../crypto/index.js';
import { taskHash } from '../../../../src/protocol/documents.js';
import { maskedInputCodec } from '../../../../src/protocol/messages.js';
import { type Signed, signBody } from '../../../../src/protocol/signed.js';
import { abortCodec } from '../../../../src/protocol/statements.js';
import { altered, coordinator, type Party, policyOf, sharesMessage } from '../../../helpers/protocol.js';
import { toJson } from '../record.js';
import { grantsOf } from '../scenarios.js';
import { at, type Base, memberAt, sessionOf, type StepName } from './case.js';

export const DROPOUTS = 'session-dropouts.json';
export const COMPLAINT = 'session-complaint.json';
export const WEIGHTED = 'session-weighted.json';
export const GRANT = 'session-grant.json';

const base = (session: string, participant: number, step: StepName, own: object, message: object): Base =>
  toJson({ session, participant, step, own, message }) as Base;

function open(session: string, participant: number): Base {
  const { setup, scenario } = sessionOf(session);
  const { task, opening, electorate, header } = setup;
  const own = {
    taskId: taskHash(task),
    policy: policyOf(),
    answersInput: true,
    grants: [],
    lastSession: null,
    scope: null,
    sent: null,
  };
  return base(session, participant, 'open', own, {
    task,
    opening,
    electorate,
    sessionId: header.id,
    input: scenario.inputBytes,
  });
}

function roster(session: string, participant: number): Base {
  const { statement, entries, revocations } = sessionOf(session).r1.message;
  const own = { rosterMaxAgeMs: policyOf().rosterMaxAgeMs, r0AtMs: 0, nowMs: 0, revoked: [] };
  return base(session, participant, 'roster', own, { statement, entries, revocations });
}

const shares = (session: string, participant: number): Base =>
  base(session, participant, 'shares', { sent: null }, sharesMessage(sessionOf(session).r2, participant));

/** The dealer is shown the header of a holder that complains about it. */
function complaint(session: string, dealer: number, holder: number): Base {
  const { header } = memberAt(sessionOf(session).r2.members, holder).send;
  return base(session, dealer, 'complaint', { answered: [] }, { header });
}

/** The dealer is shown the header of a holder that complains although nothing is wrong. */
function falseComplaint(session: string, dealer: number, holder: number): Base {
  return base(
    session,
    dealer,
    'complaint',
    { answered: [] },
    {
      header: falseHeader(session, dealer, holder),
    },
  );
}

/** Of any roster member, whether or not it is in U2. */
export function falseHeader(session: string, dealer: number, holder: number): Signed {
  const { setup, r1, r2 } = sessionOf(session);
  const person = (position: number): Party => at(setup.members, position).party;
  const { ciphertext } = at(memberAt(r1.members, dealer).send.packets, holder);
  return altered(maskedInputCodec, memberAt(r2.members, dealer).send.header, person(holder), {
    sender: person(holder).identity,
    complaints: [{ dealer: person(dealer).identity, ciphertext: sha256(ciphertext) }],
  });
}

/** Sessions in which all are neighbours: paths to the root of the uploads would only repeat it. */
function headers(session: string, participant: number, own: object = {}): Base {
  const { statement, headers: all } = sessionOf(session).r3.message;
  return base(
    session,
    participant,
    'headers',
    { vote: null, sent: null, acceptGrants: false, grants: [], ...own },
    { statement, headers: all },
  );
}

/** It voted for all four before, and has the grant that lets it go on. */
function granted(session: string, participant: number): Base {
  const { setup } = sessionOf(session);
  const grants = grantsOf(setup.parties).slice(0, 1);
  return headers(session, participant, { vote: setup.electorate, acceptGrants: true, grants });
}

const signatures = (session: string, participant: number): Base =>
  base(session, participant, 'signatures', {}, sessionOf(session).r4.message);

function result(session: string, participant: number): Base {
  const { closed } = sessionOf(session);
  return base(session, participant, 'result', {}, { result: closed.result, aggregate: closed.packed });
}

/** Of a session that ended in r1 instead. */
function abort(session: string, participant: number): Base {
  const { setup, r1 } = sessionOf(session);
  const body = {
    opening: setup.header.id,
    code: 'TOO_FEW_SURVIVORS',
    message: '4 shared their keys, 5 are needed',
    round: 'r1',
    blamed: [],
    size: r1.leaves.length,
    root: merkleRoot(r1.leaves),
  };
  const signed = signBody(abortCodec, body, coordinator.signer);
  return base(session, participant, 'abort', {}, { abort: signed });
}

export const BASES: () => Readonly<Record<string, Base>> = () => ({
  open: open(DROPOUTS, 3),
  'open, certificates': open(WEIGHTED, 1),
  roster: roster(DROPOUTS, 3),
  'roster, certificates': roster(WEIGHTED, 1),
  shares: shares(DROPOUTS, 3),
  'shares, five': shares(COMPLAINT, 0),
  complaint: complaint(COMPLAINT, 1, 3),
  'complaint, false': falseComplaint(DROPOUTS, 3, 6),
  headers: headers(DROPOUTS, 3),
  'headers, grant': granted(GRANT, 1),
  signatures: signatures(DROPOUTS, 3),
  'signatures, answer': signatures(COMPLAINT, 3),
  result: result(DROPOUTS, 3),
  'result, weighted': result(WEIGHTED, 1),
  abort: abort(DROPOUTS, 3),
});
