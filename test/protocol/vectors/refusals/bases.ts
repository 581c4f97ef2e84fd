/** What the participants of the published sessions are shown at each step, by name. */
import { merkleRoot } from '../../../../crypto/index.js';
import { taskHash } from '../../../../src/protocol/documents.js';
import { signBody } from '../../../../src/protocol/signed.js';
import { abortCodec } from '../../../../src/protocol/statements.js';
import { coordinator, policyOf, sharesMessage } from '../../../helpers/protocol.js';
import { toJson } from '../record.js';
import { type Base, memberAt, sessionOf, type StepName } from './case.js';

export const DROPOUTS = 'session-dropouts.json';
export const COMPLAINT = 'session-complaint.json';
export const WEIGHTED = 'session-weighted.json';

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

const headers = (session: string, participant: number): Base =>
  base(
    session,
    participant,
    'headers',
    { vote: null, sent: null, acceptGrants: false, grants: [] },
    sessionOf(session).r3.message,
  );

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
  headers: headers(DROPOUTS, 3),
  signatures: signatures(DROPOUTS, 3),
  'signatures, answer': signatures(COMPLAINT, 3),
  result: result(DROPOUTS, 3),
  'result, weighted': result(WEIGHTED, 1),
  abort: abort(DROPOUTS, 3),
});
