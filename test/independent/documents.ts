/** V1 to V4, as far as they need no roster (PROTOCOL §12.7). */
import type { Keys } from './notes.js';
import { attempt, isBy, signedHash, type Vector, withBytes } from './payloads.js';
import { H, hex, isSessionKey } from './primitives.js';
import { bytesOf, type Found, type Session } from './records.js';

export interface Policy {
  readonly suites: readonly string[];
  readonly evolving: boolean;
  readonly acceptGrants: boolean;
  readonly minHonest: number;
  readonly minParticipants: number;
  readonly minColluders: number;
  readonly minWitnesses: number;
}

/** @returns whether the session is one that can have run, so that the other checks apply */
export function checkDocuments(session: Session, keys: Keys, policy: Policy, found: Found): boolean {
  checkSignatures(session, keys, found);
  checkKeys(session, found);
  const isKnown = checkTask(session, policy, found);
  if (isKnown && !session.certificatesMatch) found('CERTIFICATES_MISMATCH');
  const runs = isKnown && session.roster.length > 0;
  checkContext(session, runs, found);
  return runs;
}

// V1
function checkSignatures(session: Session, { organiser, coordinator }: Keys, found: Found): void {
  const { entries, head, opening, task } = session;
  for (const entry of entries) {
    const key = entry.kind === 'task' ? organiser : (entry.body.sender ?? coordinator);
    entry.isSigned = isBy(entry, key);
    if (entry.isSigned) continue;
    found(
      entry.kind === 'task' ? 'WRONG_ORGANISER' : entry.sender === '' ? 'WRONG_COORDINATOR' : 'BAD_SIGNATURE',
    );
  }
  const hash = H('electorate', [...head.electorate]);
  const increasing = head.electorate.every(
    (one, at) => at === 0 || (head.electorate[at - 1] as Buffer).compare(one) < 0,
  );
  const same = (named: { hash: Buffer; size: number } | null): boolean =>
    named === null || (named.size === head.electorate.length && named.hash.equals(hash));
  if (!increasing || !same(opening.electorate) || !same(task.pinned)) found('ELECTORATE_MISMATCH');
  const named = head.grants.map((grant) => hex(signedHash(grant)));
  if (named.join() !== opening.grants.map(hex).join()) found('WRONG_GRANT');
  for (const grant of head.grants) {
    if (!isBy(grant, organiser) || attempt(() => withBytes(grant))?.kind !== 'grant')
      found('WRONG_ORGANISER');
  }
}

// V2
function checkContext(session: Session, runs: boolean, found: Found): void {
  const { entries, opening, task, taskId, id, ctx, rosterRoot } = session;
  if (!opening.task.equals(taskId) || opening.suite !== task.suite) found('WRONG_TASK');
  const named: Readonly<Record<string, Buffer>> = runs ? { opening: id, ctx, rosterRoot } : { opening: id };
  for (const entry of entries) {
    for (const [field, own] of Object.entries(named))
      if (field in entry.body && !bytesOf(entry, field).equals(own)) found('WRONG_CONTEXT');
  }
}

// V3, of task and opening
function checkTask(session: Session, policy: Policy, found: Found): boolean {
  const { task, opening, needed } = session;
  const { size } = opening.electorate;
  const known =
    ['masking/complete', 'masking/ring', 'ckks/sumkey'].includes(task.suite) &&
    task.critical.every((name) => name === 'ckks:slots');
  if (!known || opening.critical.length > 0 || opening.keyTypes.some((type) => type !== 'x25519'))
    found('UNSUPPORTED');
  const usable = task.suite === 'ckks/sumkey' || isUsable(session);
  if (!usable) found('BAD_TASK');
  const floors =
    policy.suites.includes(task.suite) &&
    (policy.evolving || task.scope.kind !== 'evolving') &&
    (policy.acceptGrants || opening.grants.length === 0) &&
    needed - task.maxColluders >= policy.minHonest &&
    size >= policy.minParticipants &&
    task.maxColluders >= policy.minColluders &&
    size <= task.maxParticipants &&
    needed <= size;
  if (!floors) found('BELOW_POLICY');
  return known && usable;
}

/** §2.5 */
function isUsable({ task }: Session): boolean {
  const { vectors, maxWeight, maxParticipants, maxColluders } = task;
  const size = task.pinned?.size ?? maxParticipants;
  const names = new Set(vectors.map(({ name }) => name));
  return (
    size >= 3 &&
    size <= maxParticipants &&
    maxColluders < size &&
    names.size === vectors.length &&
    !names.has('blindsum:weight') &&
    (maxWeight !== null) === vectors.some(({ weighted }) => weighted) &&
    vectors.every((vector) => fits(vector)) &&
    (maxWeight === null || 2 ** 32 >= maxParticipants * maxWeight + 1)
  );

  function fits({ clip, length, bits, scale, weighted }: Vector): boolean {
    if (typeof clip !== 'number' && clip.length !== length) return false;
    const largest = typeof clip === 'number' ? clip : Math.max(...clip);
    const factor = weighted ? (maxWeight ?? 1) : 1;
    return bits <= 32 && 2 ** bits >= 2 * maxParticipants * Math.ceil(factor * scale * largest) + 1;
  }
}

// V4
function checkKeys({ all }: Session, found: Found): void {
  const keys = all('r0').flatMap((r0) => [bytesOf(r0, 'shareKey'), bytesOf(r0, 'maskKey')]);
  if (!keys.every(isSessionKey)) found('WEAK_KEY');
  if (new Set(keys.map(hex)).size < keys.length) found('DUPLICATE_KEY');
}
