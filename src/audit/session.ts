/**
 * One session as the checks see it: what its documents say, and, as far as the records give them, its context and sets.
 * Computed with the functions of the protocol itself; nothing is taken from a statement that can be computed.
 */
import { compareBytes, equalBytes, fromHex, toHex } from '../../crypto/bytes.js';
import { type Parameters, sessionContext, type SessionContext } from '../protocol/context.js';
import { certificateCodec, certificateHash, type Task, taskHash } from '../protocol/documents.js';
import type { Policy } from '../protocol/policy.js';
import { type RosterEntry, rosterRoot } from '../protocol/roster.js';
import { scopeKey } from '../protocol/scope.js';
import { fromBitmap, memberSet, type MemberSet } from '../protocol/sets.js';
import { type Signed, signedHash, type Verify } from '../protocol/signed.js';
import { type Opening, openingHash } from '../protocol/statements.js';
import type { Suite } from '../protocol/suite.js';
import { type SessionHead, sessionHeadCodec } from '../protocol/transcript/session-head.js';
import type { Notebook } from './findings.js';
import { areUsable, beaconValue } from './graph-source.js';
import type { AuditRecord, Records } from './records.js';
import { refusalOf, unlessRefused } from './refusals.js';
import type { BeaconValues, Keys } from './source.js';

export interface Rules {
  readonly keys: Keys;
  readonly policy: Policy;
  /** Hex identities. */
  readonly revoked: ReadonlySet<string>;
  readonly verify: Verify;
  /** For what the organiser signed, which comes again in every session. */
  readonly verifyOnce: Verify;
  readonly suite: (id: string) => Suite;
  readonly beacon: BeaconValues;
}

/** What can be said once task, opening and head are readable. */
export interface AuditedSession {
  readonly rules: Rules;
  readonly notebook: Notebook;
  readonly records: Records;
  readonly head: SessionHead;
  /** Hex identities of E. */
  readonly electorate: ReadonlySet<string>;
  readonly id: Uint8Array;
  readonly task: Task;
  readonly taskHash: Uint8Array;
  readonly opening: Opening;
  readonly scope: Uint8Array;
  /** Null: this version does not know it, or nobody can run the task. */
  readonly suite: Suite | null;
  readonly run: Run | null;
  /** Leaves whose signature does not verify: what they say is nobody's word. */
  readonly unsigned: Set<number>;
}

/** Once there is a roster. */
export interface Run {
  readonly suite: Suite;
  readonly entries: readonly RosterEntry[];
  readonly context: SessionContext;
  /** By hex identity. */
  readonly positions: ReadonlyMap<string, number>;
  readonly u1: MemberSet;
  /** Null: not stated, or not readable. */
  readonly u2: MemberSet | null;
  readonly u3: MemberSet | null;
}

/** Null: nothing can be judged, which is a finding. */
export function auditedSession(
  headBytes: Uint8Array,
  records: Records,
  notebook: Notebook,
  rules: Rules,
): AuditedSession | null {
  const head = unlessRefused(
    () => sessionHeadCodec.decode(headBytes),
    () => {
      notebook.add('UNREADABLE_HEAD');
    },
  );
  const task = records.one('task');
  const opening = records.one('opening');
  if (task === null || opening === null) {
    notebook.add('UNREADABLE_SESSION');
    return null;
  }
  const id = openingHash(opening.signed);
  notebook.session = toHex(id);
  if (head === null) return null;
  const hash = taskHash(task.signed);
  const documents = {
    id,
    task: task.body,
    taskHash: hash,
    opening: opening.body,
    scope: scopeKey(task.body, hash, opening.body.input),
  };
  const suite = knownSuite(task.body, rules, notebook);
  const run = suite === null ? null : runOf(documents, head, records, suite, rules, notebook);
  return {
    ...documents,
    rules,
    notebook,
    records,
    head,
    electorate: new Set(head.electorate.map(toHex)),
    suite,
    run,
    unsigned: new Set(),
  };
}

function knownSuite(task: Task, { suite: byId }: Rules, notebook: Notebook): Suite | null {
  const suite = unlessRefused(
    () => byId(task.suite),
    ({ message: detail }) => {
      notebook.add('UNSUPPORTED', { detail });
    },
  );
  if (suite === null) return null;
  const refusal = refusalOf(() => suite.checkTask(task));
  if (refusal === null) return suite;
  notebook.add('BAD_TASK', { detail: refusal.message });
  return null;
}

type Documents = Pick<AuditedSession, 'id' | 'task' | 'taskHash' | 'opening'>;

function runOf(
  { id, task, taskHash: hash, opening }: Documents,
  head: SessionHead,
  records: Records,
  suite: Suite,
  rules: Rules,
  notebook: Notebook,
): Run | null {
  const entries = rosterOf(records, head, task, notebook);
  if (entries.length === 0) return null;
  const beacon = beaconValue(task, opening, rules.beacon, notebook);
  if (beacon === undefined) return null;
  const root = rosterRoot(entries);
  // What the session ran under; whether these are the right numbers is asked elsewhere.
  const parameters = statedParameters(records) ?? derived(task, opening, entries.length, suite, notebook);
  if (parameters === null) return null;
  const stated = { task, electorate: opening.electorate.size, participants: entries.length, parameters };
  if (suite.sparse && !areUsable(stated, suite, records, notebook)) return null;
  const keys = new Map(records.of('r0').map(({ sender, body }) => [sender, body]));
  const context: SessionContext = {
    id,
    task,
    taskHash: hash,
    opening,
    roster: entries.map(({ identity }) => {
      const r0 = keys.get(toHex(identity));
      return { identity, keys: r0 === undefined ? null : { shareKey: r0.shareKey, maskKey: r0.maskKey } };
    }),
    rosterRoot: root,
    parameters,
    ctx: sessionContext(id, root, parameters),
    beacon,
  };
  const everyone = entries.map((_, position) => position);
  return {
    suite,
    entries,
    context,
    positions: new Map(entries.map(({ identity }, position) => [toHex(identity), position])),
    u1: memberSet(context.ctx, 1, everyone, entries.length),
    u2: statedSet(2, records.one('u2'), context, notebook),
    u3: statedSet(3, records.one('u3'), context, notebook),
  };
}

/** The first r0 of each sender by increasing identity, with the certificates of the head. */
function rosterOf(records: Records, head: SessionHead, task: Task, notebook: Notebook): RosterEntry[] {
  const first = new Map<string, Signed>();
  for (const { sender, signed } of records.of('r0')) if (!first.has(sender)) first.set(sender, signed);
  const certificates = new Map(head.certificates.map((signed) => [holderOf(signed), signed]));
  const entries = [...first]
    .map(([sender, r0]) => ({
      identity: fromHex(sender),
      certificate: task.pinned === null ? (certificates.get(sender) ?? null) : null,
      r0Hash: signedHash(r0),
      r0,
    }))
    .sort((a, b) => compareBytes(a.identity, b.identity));
  // Nothing has their hashes in a session without U1.
  const frozen = records.one('u1') !== null;
  const wanted = entries.flatMap(({ certificate }) => (frozen && certificate !== null ? [certificate] : []));
  const same =
    wanted.length === head.certificates.length &&
    wanted.every((signed, index) =>
      equalBytes(certificateHash(signed), certificateHash(head.certificates[index] as Signed)),
    );
  if (!same) notebook.add('CERTIFICATES_MISMATCH');
  return entries;
}

/** '': it cannot be read. */
const holderOf = ({ payload }: Signed): string =>
  unlessRefused(() => toHex(certificateCodec.decode(payload).identity)) ?? '';

function statedParameters(records: Records): Parameters | null {
  const { q, t, ...others } = records.one('u1')?.body.parameters ?? {};
  return q === undefined || t === undefined ? null : { ...others, q, t };
}

function derived(
  task: Task,
  { electorate }: Opening,
  rosterSize: number,
  suite: Suite,
  notebook: Notebook,
): Parameters | null {
  return unlessRefused(
    () => suite.derive(task, electorate.size, rosterSize),
    ({ message: detail }) => {
      notebook.add('WRONG_NUMBERS', { detail });
    },
  );
}

function statedSet(
  set: 2 | 3,
  statement: AuditRecord<'u2'> | AuditRecord<'u3'> | null,
  { ctx, roster }: SessionContext,
  notebook: Notebook,
): MemberSet | null {
  if (statement === null) return null;
  const { body, index } = statement;
  return unlessRefused(
    () => memberSet(ctx, set, fromBitmap(body.members, roster.length), roster.length),
    ({ message: detail }) => {
      notebook.add('WRONG_SET', { records: [index], detail });
    },
  );
}

/** @returns null for whoever is not on the roster */
export const memberOf = ({ positions }: Run, sender: string): number | null => positions.get(sender) ?? null;
