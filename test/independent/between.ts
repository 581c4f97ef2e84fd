/** The checks between sessions: V13, and what V14 asks of the openings (PROTOCOL §12.7). */
import type { LogEntry } from './payloads.js';
import { H, hex } from './primitives.js';
import { attempt, isBy, withBytes } from './payloads.js';
import type { Found, Session } from './records.js';
import { votersOf } from './checks.js';

/** Of sets of identities. */
const keyOf = (members: Iterable<string>): string => [...members].sort().join();

const isVoted = (session: Session): boolean => votersOf(session).size >= (session.parameters['q'] as number);

const scopeOf = ({ task, taskId, opening }: Session): string =>
  hex(
    task.scope.kind === 'static'
      ? H('scope', 'static', task.scope.dataset ?? '')
      : H('scope', 'evolving', taskId, opening.input),
  );

interface Grant {
  readonly from: string;
  readonly to: string;
}
function grantsOf(session: Session, organiser: Buffer): Grant[] {
  return session.head.grants.flatMap((signed) => {
    const grant = isBy(signed, organiser) ? attempt(() => withBytes(signed)) : null;
    if (grant?.kind !== 'grant' || hex(grant.body['scope'] as Buffer) !== scopeOf(session)) return [];
    const set = (field: string): string => keyOf((grant.body[field] as Buffer[]).map(hex));
    return [{ from: set('from'), to: set('to') }];
  });
}

// V13. Sessions in the order of the log.
export function checkScopes(sessions: readonly Session[], organiser: Buffer, found: Found): void {
  for (const key of new Set(sessions.map(scopeOf))) {
    const ofScope = sessions.filter((session) => scopeOf(session) === key);
    const voted = ofScope.filter(isVoted);
    const electorate = ({ opening, task }: Session): string =>
      [hex(opening.electorate.hash), task.maxColluders].join();
    if (new Set(voted.map(electorate)).size > 1) found('ELECTORATE_CHANGED');
    const seen = new Set<string>();
    for (const session of voted) {
      const set = keyOf(session.u3?.members ?? []);
      if (seen.size > 0 && !seen.has(set)) {
        const granted = grantsOf(session, organiser).some(({ from, to }) => to === set && seen.has(from));
        found(granted ? 'GRANT_USED' : 'TWO_SETS');
      }
      seen.add(set);
    }
    checkVoters(ofScope, organiser, found);
  }
}

/** Whoever signed two sets of one scope, with no grant from one to the other. */
function checkVoters(sessions: readonly Session[], organiser: Buffer, found: Found): void {
  sessions.forEach((session, at) => {
    for (const before of sessions.slice(0, at)) {
      const [a, b] = [before, session].map(({ u3 }) => keyOf(u3?.members ?? [])) as [string, string];
      const twice = [...votersOf(session)].some((voter) => votersOf(before).has(voter));
      const grants = [session, before].flatMap((one) => grantsOf(one, organiser));
      const granted = grants.some(
        ({ from, to }) => [a, b].includes(from) && [a, b].includes(to) && from !== to,
      );
      if (a !== b && twice && !granted) found('DOUBLE_VOTE');
    }
  });
}

const PRIME = 67_108_859n;

// The rank test.
export function checkRank(sessions: readonly Session[], minHonest: number, found: Found): void {
  for (const task of new Set(
    sessions.filter((one) => one.task.scope.kind === 'evolving').map(({ taskId }) => hex(taskId)),
  )) {
    const sums = sessions.filter(
      (session) =>
        hex(session.taskId) === task &&
        session.u3 !== null &&
        (session.one('result') !== undefined || isVoted(session)),
    );
    const sets = sums.map(({ u3 }) => u3?.members ?? new Set<string>());
    const columns = [...new Set(sets.flatMap((set) => [...set]))];
    const rows = reduced(sets.map((set) => columns.map((identity) => BigInt(set.has(identity)))));
    const supports = rows.map((row) => row.filter((value) => value !== 0n).length);
    const differences = sets.slice(1).map((set, at) => {
      const before = sets[at] as ReadonlySet<string>;
      return columns.filter((identity) => set.has(identity) !== before.has(identity)).length;
    });
    const sizes = [...supports, ...differences].filter((size) => size > 0);
    if (sizes.length > 0 && Math.min(...sizes) < minHonest + (sums[0] as Session).task.maxColluders)
      found('SINGLED_OUT');
  }
}

const modulo = (value: bigint): bigint => ((value % PRIME) + PRIME) % PRIME;
function inverse(value: bigint): bigint {
  let [result, base] = [1n, value];
  for (let exponent = PRIME - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = modulo(result * base);
    base = modulo(base * base);
  }
  return result;
}

/** The rows of the reduced row echelon form that are not 0. */
function reduced(matrix: readonly (readonly bigint[])[]): bigint[][] {
  let rows = matrix.map((row) => [...row]);
  const done: bigint[][] = [];
  for (let column = 0; column < (rows[0]?.length ?? 0); column += 1) {
    const at = rows.findIndex((row) => row[column] !== 0n);
    if (at < 0) continue;
    const factor = inverse(rows[at]?.[column] as bigint);
    const pivot = (rows[at] as bigint[]).map((value) => modulo(value * factor));
    const eliminate = (row: bigint[]): bigint[] =>
      row.map((value, index) => modulo(value - (row[column] as bigint) * (pivot[index] as bigint)));
    rows = rows.filter((_, index) => index !== at).map(eliminate);
    done.splice(0, done.length, ...done.map(eliminate), pivot);
    if (rows.length === 0) break;
  }
  return done;
}

// V14, of `previous`
export function checkPrevious(
  sessions: readonly Session[],
  log: readonly LogEntry[],
  scope: string,
  found: Found,
): void {
  const places = new Map(log.map((entry, place) => [hex(entry.session), { ...entry, place }]));
  for (const { opening, taskId } of sessions) {
    for (const { session, size, root } of opening.previous) {
      const entry = places.get(hex(session));
      if (entry === undefined) found('HIDDEN_SESSION');
      else if (
        entry.size !== size ||
        !entry.root.equals(root) ||
        !entry.task.equals(taskId) ||
        entry.number >= opening.session
      )
        found('WRONG_PREVIOUS');
    }
  }
  if (scope.startsWith('session')) return;
  for (const task of new Set(log.map((entry) => hex(entry.task)))) {
    if (scope !== 'all' && scope !== `task ${task}`) continue;
    const ended = log.filter((entry) => hex(entry.task) === task);
    const numbers = new Set(ended.map(({ number }) => number));
    const last = Math.max(...numbers);
    const hole = [...Array(Math.min(last, 2 ** 20)).keys()].find(
      (number) => number > 0 && !numbers.has(number),
    );
    if (hole !== undefined) found('NUMBER_MISSING');
    const openings = sessions.filter(({ taskId }) => hex(taskId) === task).map(({ opening }) => opening);
    openings.sort((a, b) => a.session - b.session);
    if (openings.length < ended.length) continue;
    const named = new Set<string>();
    for (const { session: number, previous } of openings) {
      if (hole !== undefined && hole < number) break;
      for (const { session } of previous) named.add(hex(session));
      const latest = Math.max(-1, ...previous.map(({ session }) => places.get(hex(session))?.place ?? -1));
      const left = ended.some(
        ({ session }) => (places.get(hex(session))?.place as number) < latest && !named.has(hex(session)),
      );
      if (left && previous.length < 4096) found('PREVIOUS_GAP');
    }
  }
}
