/** The checks within one session that need its roster: V1, V3, V5, V6, V16; and what V14 asks of it (PROTOCOL §12.7). */
import type { Keys } from './notes.js';
import { isBy, type LogEntry } from './payloads.js';
import { H, hex, treeRoot } from './primitives.js';
import { acceptsNumbers, type Load, windowsHold } from './ring.js';
import {
  bytesOf,
  type Entry,
  type Found,
  fromBitmap,
  isRing as isOnRing,
  numbersOf,
  ORDER,
  type Records,
  type Session,
} from './records.js';

export function checkRun(session: Session, { organiser }: Keys, found: Found): void {
  checkMembers(session, organiser, found);
  checkStatements(session, found);
  checkSets(session, found);
  checkWindows(session, found);
  checkVotes(session, found);
  checkHeaders(session, found);
}

export function checkLogged(session: Session, entry: LogEntry | undefined, found: Found): void {
  if (entry === undefined) found('NOT_IN_LOG');
  else if (
    entry.size !== session.leaves.length ||
    !entry.root.equals(treeRoot(session.leaves)) ||
    !entry.task.equals(session.taskId) ||
    entry.number !== session.opening.session ||
    entry.closed !== (session.entries.at(-1)?.kind === 'result')
  )
    found('LOG_MISMATCH');
}

// V1, of who took part
function checkMembers(session: Session, organiser: Buffer, found: Found): void {
  const { head, opening, task, roster, one } = session;
  const invited = new Set(head.electorate.map(hex));
  roster.forEach((identity, position) => {
    if (!invited.has(identity)) found('NOT_INVITED');
    if (task.pinned !== null || one('u1') === undefined) return;
    const certificate = session.certificates[position] ?? null;
    const from = certificate?.body['notBeforeMs'] as number;
    const to = certificate?.body['expiresMs'] as number;
    const valid = from <= opening.openedMs + opening.joinMs && opening.openedMs < to;
    if (certificate === null || !isBy(certificate, organiser) || !valid) found('NOT_ENROLLED');
  });
  const allowed = { r1: session.u1, r2: session.u2, answer: session.u2, r3: session.u3, r4: session.u3 };
  for (const [kind, set] of Object.entries(allowed)) {
    for (const { sender } of session.all(kind as keyof typeof allowed))
      if (set?.members.has(sender) !== true) found('NOT_A_MEMBER');
  }
}

// V3, of the statements
function checkStatements(session: Session, found: Found): void {
  const { task, opening, needed, one } = session;
  const { size } = opening.electorate;
  const numbers = numbersOf(task, size).parameters;
  for (const [kind, expected] of [
    ['u1', numbers],
    ['u2', {}],
    ['u3', {}],
  ] as const) {
    const statement = one(kind);
    if (statement === undefined) continue;
    const sorted = (map: object): string => JSON.stringify(Object.entries(map).sort());
    const isRing = kind === 'u1' && isOnRing(task);
    if (!isRing && sorted(statement.body['parameters'] as object) !== sorted(expected))
      found('WRONG_NUMBERS');
    if ((session[kind]?.members.size ?? needed) < needed) found('TOO_FEW');
  }
}

/** V3: of a ring whose numbers do not hold nothing else is judged that needs the ring. */
export function hasNumbers(session: Session, found: Found): boolean {
  const { task, opening, parameters, one } = session;
  if (!isOnRing(task) || one('u1') === undefined) return true;
  const holds = acceptsNumbers(parameters, ringLoad(session), numbersOf(task, opening.electorate.size).q);
  if (!holds) found('WRONG_NUMBERS');
  return holds;
}

const ringLoad = ({ task, opening, roster, needed }: Session): Load => ({
  participants: roster.length,
  colluders: Math.min(task.maxColluders, roster.length),
  losses: roster.length - needed,
  securityBits: opening.critical.length > 0 ? 40 : 104,
});

/** Of identities, by the numbers that U1 states. */
export function holdsWindows({ ring, roster, parameters }: Session, members: ReadonlySet<string>): boolean {
  if (ring === null) return true;
  const positions = new Set([...members].map((identity) => roster.indexOf(identity)));
  return windowsHold(ring, positions, { w: parameters['w'] ?? 0, h: parameters['h'] ?? 0 });
}

// V9
function checkWindows(session: Session, found: Found): void {
  const { u2, u3 } = session;
  for (const set of u2 === null ? [] : [u2, u3])
    if (set !== null && !holdsWindows(session, set.members)) found('WRONG_GRAPH');
}

// V5
function checkSets({ all, one, roster, u2, u3, layout }: Session, found: Found): void {
  const senders = (kind: 'r1' | 'r2') =>
    new Set(
      all(kind)
        .map(({ sender }) => sender)
        .filter((sender) => roster.includes(sender)),
    );
  const within = (a: ReadonlySet<string>, b: ReadonlySet<string>) => [...a].every((member) => b.has(member));
  const stated = one('u1');
  if (stated !== undefined && fromBitmap(bytesOf(stated, 'members'), roster)?.size !== roster.length)
    found('WRONG_SET');
  if ((one('u2') !== undefined && u2 === null) || (one('u3') !== undefined && u3 === null))
    found('WRONG_SET');
  const shared = senders('r1');
  if (u2 !== null && !(within(u2.members, shared) && within(shared, u2.members))) found('WRONG_SET');
  if (u3 !== null && !(within(u3.members, u2?.members ?? new Set()) && within(u3.members, senders('r2'))))
    found('WRONG_SET');
  const result = one('result');
  if (result === undefined) return;
  const { survivors, digests } = result.body;
  const same = u3?.hash.equals(bytesOf(result, 'u3')) === true && survivors === u3.members.size;
  if (!same || (digests as unknown[]).length !== layout) found('WRONG_RESULT');
}

export const signsSets = (entry: Entry, { u1, u2, u3 }: Session): boolean =>
  bytesOf(entry, 'u1').equals(u1.hash) &&
  u2?.hash.equals(bytesOf(entry, 'u2')) === true &&
  u3?.hash.equals(bytesOf(entry, 'u3')) === true;

const isCounted = ({ ring, roster }: Session, identity: string): boolean =>
  ring === null || ring.committee.size === 0 || ring.committee.has(roster.indexOf(identity));

export const votersOf = (session: Session): Set<string> =>
  new Set(
    session
      .all('r3')
      .filter(
        (vote) =>
          vote.isSigned &&
          session.u3?.members.has(vote.sender) === true &&
          isCounted(session, vote.sender) &&
          signsSets(vote, session),
      )
      .map(({ sender }) => sender),
  );

// V6
function checkVotes(session: Session, found: Found): void {
  const { all, one, parameters, u2, u3 } = session;
  if (u2 === null || u3 === null) return;
  if (!all('r3').every((vote) => signsSets(vote, session))) found('OTHER_VOTE');
  const revealed = all('r4').length > 0 || one('result') !== undefined;
  if (revealed && votersOf(session).size < (parameters['q'] as number)) found('NO_QUORUM');
}

// V16
function checkHeaders(session: Session, found: Found): void {
  const { all, u1, u2, u3, layout } = session;
  if (u2 === null) return;
  const headers = new Map<string, Entry>();
  for (const header of all('r2')) {
    const same = bytesOf(header, 'u1').equals(u1.hash) && bytesOf(header, 'u2').equals(u2.hash);
    if (!same || (header.body['digests'] as unknown[]).length !== layout) found('OTHER_HEADER');
    if (header.isSigned && !headers.has(header.sender)) headers.set(header.sender, header);
  }
  const survivors = [...(u3?.members ?? [])].sort();
  if (survivors.some((identity) => !headers.has(identity))) {
    found('MISSING_HEADER');
    return;
  }
  const entries = survivors.map((identity) =>
    H('upload-leaf', Buffer.from(identity, 'hex'), headers.get(identity)?.body['digests'] as Buffer[]),
  );
  if (u3 !== null && all('r3').some((vote) => !bytesOf(vote, 'uploads').equals(treeRoot(entries))))
    found('WRONG_UPLOADS');
}

// V14, within a session
export function checkOrder({ entries, leaves, one }: Records, found: Found): void {
  const needs = { r1: 'u1', r2: 'u2', answer: 'u2', r3: 'u3', r4: 'u3', result: 'u3' } as const;
  const place = ({ kind, sender, body }: Entry): string =>
    String.fromCharCode(ORDER.indexOf(kind)) +
    sender +
    (kind === 'answer' ? hex(body['holder'] as Buffer) : '');
  const isEnd = (entry?: Entry): boolean => entry?.kind === 'result' || entry?.kind === 'abort';
  entries.forEach((entry, at) => {
    const before = entries[at - 1];
    const needed = needs[entry.kind as keyof typeof needs] as (typeof needs)[keyof typeof needs] | undefined;
    if (needed !== undefined && one(needed) === undefined) found('MISSING_STATEMENT');
    if (isEnd(before)) found('AFTER_END');
    else if (before !== undefined && place(entry) === place(before)) found('DUPLICATE_RECORD');
    else if (before !== undefined && place(entry) < place(before)) found('WRONG_ORDER');
    if (!('size' in entry.body)) return;
    const tree = treeRoot(leaves.slice(0, entry.index));
    if (entry.body['size'] !== entry.index || !tree.equals(bytesOf(entry, 'root'))) found('WRONG_TREE');
  });
  const last = entries.at(-1);
  if (!isEnd(last) || last?.index !== leaves.length - 1) found('NOT_ENDED');
}
