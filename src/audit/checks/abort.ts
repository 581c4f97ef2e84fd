/** V5, of aborts: the reason is one that the records allow, and whoever is blamed is proven (attacks B1, B3, B5). */
import { toHex } from '../../../crypto/bytes.js';
import { neededSurvivors } from '../../protocol/parameters.js';
import { ERROR_CODES } from '../../protocol/errors.js';
import { memberSet } from '../../protocol/sets.js';
import type { AuditRecord } from '../records.js';
import { refusalOf } from '../refusals.js';
import type { AuditedSession, Run } from '../session.js';
import { countedVotes } from './votes.js';

export function checkAbort(session: AuditedSession): void {
  const { records, notebook } = session;
  const abort = records.one('abort');
  if (abort === null) return;
  const doubt = (detail: string): void => {
    notebook.add('UNFOUNDED_ABORT', { records: [abort.index], detail });
  };
  const { code, round } = abort.body;
  const rounds = roundsOf(session);
  if (!rounds.includes(round))
    doubt(`it says round ${round}, the records are those of ${rounds.join(' or ')}`);
  if (!Object.hasOwn(ERROR_CODES, code)) doubt(`${code} is not a reason of the specification`);
  const contradiction = contradictionTo(session, code, round);
  if (contradiction !== null) doubt(contradiction);
  checkBlame(session, abort);
}

/** Rounds that such records can end in. */
function roundsOf({ records }: AuditedSession): string[] {
  if (records.of('r4').length > 0) return ['r4'];
  if (records.one('u3') !== null) return ['r3', 'r4'];
  if (records.one('u2') !== null) return ['r2'];
  if (records.one('u1') !== null) return ['r1'];
  return ['r0'];
}

function contradictionTo(session: AuditedSession, code: string, round: string): string | null {
  const { records, run, task, opening } = session;
  const needed = neededSurvivors(task, opening.electorate.size);
  const enough = (count: number, least: number): string | null =>
    count >= least ? `${code}, but there were ${count} and ${least} are needed` : null;
  switch (code) {
    case 'TOO_FEW_PARTICIPANTS':
      return round === 'r0' ? enough(records.of('r0').length, needed) : `${code} in round ${round}`;
    case 'TOO_FEW_SURVIVORS':
      // In r2 the records show who sent a header, not whose upload became whole.
      if (round === 'r2') return null;
      if (round !== 'r1') return `${code} in round ${round}`;
      return isBrokenRing(session) ? null : enough(records.of('r1').length, needed);
    case 'NO_QUORUM':
      if (round !== 'r3' || run === null) return `${code} in round ${round}`;
      return enough(countedVotes(session, run), run.context.parameters.q);
    case 'TOO_FEW_SHARES':
    case 'KEY_MISMATCH':
      return round === 'r4' ? null : `${code} in round ${round}`;
    default:
      return null;
  }
}

/** Whether those who shared their keys are no set that participants would go on with, however many they are. */
function isBrokenRing({ records, run }: AuditedSession): boolean {
  if (run === null) return false;
  const { context, suite, positions, u1 } = run;
  const members = records.of('r1').flatMap(({ sender }) => positions.get(sender) ?? []);
  const u2 = memberSet(
    context.ctx,
    2,
    members.sort((a, b) => a - b),
    context.roster.length,
  );
  return refusalOf(() => suite.checkSets(context, { u1, u2 })) !== null;
}

/**
 * At the close of r2 those are proven bad about whom more complain than may be of colluders, or whose answer does not fit
 * what they dealt; the transcript shows the first, and of the second that there was an answer. In r4 the shares prove it.
 */
function checkBlame(session: AuditedSession, { body, index }: AuditRecord<'abort'>): void {
  const { run, notebook } = session;
  const blamed = new Set(body.blamed.map(toHex));
  const { proven, possible } =
    body.round === 'r2' && run !== null ? accused(session, run) : inLastRound(body, run);
  const wrongly = [...blamed].filter((identity) => !possible.has(identity));
  const tells = body.code === 'TOO_FEW_SURVIVORS' || body.code === 'BAD_DEALER';
  const hidden = tells ? [...proven].filter((identity) => !blamed.has(identity)) : [];
  if (wrongly.length > 0) {
    notebook.add('WRONG_BLAME', {
      records: [index],
      identities: wrongly,
      detail: 'nothing in the records shows it',
    });
  }
  if (hidden.length > 0) {
    notebook.add('WRONG_BLAME', { records: [index], identities: hidden, detail: 'the complaints prove it' });
  }
}

interface Suspects {
  readonly proven: ReadonlySet<string>;
  readonly possible: ReadonlySet<string>;
}

function accused({ records }: AuditedSession, { suite, context }: Run): Suspects {
  const complaints = new Map<string, number>();
  for (const { body } of records.of('r2')) {
    for (const dealer of new Set(body.complaints.map((complaint) => toHex(complaint.dealer)))) {
      complaints.set(dealer, (complaints.get(dealer) ?? 0) + 1);
    }
  }
  const most = suite.mostComplaints(context);
  const proven = new Set([...complaints].filter(([, count]) => count > most).map(([dealer]) => dealer));
  return { proven, possible: new Set([...proven, ...records.of('answer').map(({ sender }) => sender)]) };
}

function inLastRound({ code, round, blamed }: AuditRecord<'abort'>['body'], run: Run | null): Suspects {
  const members = new Set(
    run?.u2?.members.map((position) => toHex(run.entries[position]?.identity as Uint8Array)),
  );
  const one = round === 'r4' && code === 'BAD_DEALER' && blamed.length === 1;
  return { proven: new Set(), possible: one ? members : new Set() };
}
