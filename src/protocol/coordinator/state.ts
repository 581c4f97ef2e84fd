/**
 * The coordinator's side of a session (PROTOCOL §6.2). Nothing lives only in a process: a session is its header plus its
 * records, and every function here is pure, so any node can go on with any session and an auditor can replay it.
 *
 *   accept(view, message) → record | refusal     one participant's message; never looks at when others sent theirs
 *   canClose(counts)                             whether a round may end; when it does end is the session runner's choice
 *   close(records) → closing                     deterministic, ordered by roster position, never by arrival
 */
import { toHex } from '../../../crypto/bytes.js';
import { GrowingTree } from '../../../crypto/growing-tree.js';
import { merkleRoot } from '../../../crypto/merkle.js';
import type { SessionContext } from '../context.js';
import { type Task, taskCodec, taskHash } from '../documents.js';
import type { ErrorCode } from '../errors.js';
import type { Phase } from '../phase.js';
import { type MemberSet, toBitmap } from '../sets.js';
import { type Signed, signBody, signedLeaf, type Signer, type Verify } from '../signed.js';
import { abortCodec, type Opening, openingCodec, openingHash, setCodec } from '../statements.js';
import type { Suite } from '../suite.js';

export interface SessionHeader {
  readonly id: Uint8Array;
  readonly opening: Opening;
  readonly task: Task;
  readonly taskHash: Uint8Array;
  readonly organiser: Uint8Array;
  /** Increasing. */
  readonly electorate: readonly Uint8Array[];
}

export interface CoordinatorDeps {
  readonly verify: Verify;
  readonly signer: Signer;
  readonly suite: (id: string) => Suite;
}

/** A session after r0 closed; u2 and u3 as far as it got. */
export interface Frozen {
  readonly header: SessionHeader;
  readonly session: SessionContext;
  readonly u1: MemberSet;
  readonly u2: MemberSet | null;
  readonly u3: MemberSet | null;
}

/** `r2` is the header (staged or complete). */
export type RecordKind = 'r0' | 'r1' | 'r2' | 'answer' | 'r3' | 'r4';
export type StatementKind = 'u1' | 'u2' | 'u3' | 'result' | 'abort';

/** A message that was accepted, as it is stored. */
export interface AcceptedRecord {
  readonly kind: RecordKind;
  /** Hex identity. */
  readonly sender: string;
  readonly subject: string;
  readonly signed: Signed;
  readonly attachment: Uint8Array | null;
  readonly unique?: readonly string[];
}

export interface Tree {
  readonly size: number;
  readonly root: Uint8Array;
}

/** What closing a round changes, all in one transaction. */
export interface Closing {
  readonly to: Phase;
  readonly statement: {
    readonly kind: StatementKind;
    readonly signed: Signed;
  } | null;
  readonly leaves: readonly Uint8Array[];
  readonly tree: Tree;
  /** Hex identities proven at fault. */
  readonly blamed: readonly string[];
}

export function headerOf(
  task: Signed,
  opening: Signed,
  organiser: Uint8Array,
  electorate: readonly Uint8Array[],
): SessionHeader {
  return {
    id: openingHash(opening),
    opening: openingCodec.decode(opening.payload),
    task: taskCodec.decode(task.payload),
    taskHash: taskHash(task),
    organiser,
    electorate,
  };
}

export const treeOf = (leaves: readonly Uint8Array[]): Tree => ({
  size: leaves.length,
  root: merkleRoot(leaves),
});

/** The records in order become leaves, then the statement made over that tree becomes the next one. */
export function closing(
  before: readonly Uint8Array[],
  records: readonly Signed[],
  to: Phase,
  statement: { kind: StatementKind; sign: (tree: Tree) => Signed } | null,
  blamed: readonly Uint8Array[] = [],
): Closing {
  const leaves = records.map(signedLeaf);
  // One tree with one more entry, not two: at thousands of participants hashing it is most of the work.
  const tree = new GrowingTree();
  for (const leaf of before) tree.append(leaf);
  for (const leaf of leaves) tree.append(leaf);
  const made = statement === null ? null : { kind: statement.kind, signed: statement.sign(headOf(tree)) };
  if (made !== null) {
    const leaf = signedLeaf(made.signed);
    leaves.push(leaf);
    tree.append(leaf);
  }
  return { to, statement: made, leaves, tree: headOf(tree), blamed: blamed.map(toHex) };
}

const headOf = (tree: GrowingTree): Tree => ({ size: tree.size, root: tree.root() });

export function signSet(
  session: SessionContext,
  set: 1 | 2 | 3,
  members: readonly number[],
  tree: Tree,
  deps: CoordinatorDeps,
): Signed {
  return signBody(
    setCodec,
    {
      ctx: session.ctx,
      set,
      members: toBitmap(members, session.roster.length),
      ...tree,
      parameters: set === 1 ? { ...session.parameters } : {},
    },
    deps.signer,
  );
}

export interface AbortReason {
  readonly code: ErrorCode;
  readonly message: string;
  /** Identities proven at fault. */
  readonly blamed: readonly Uint8Array[];
}

/** Ends a session in any round. `records` are those of the round that was open. */
export function closeAborted(
  header: SessionHeader,
  phase: Phase,
  before: readonly Uint8Array[],
  records: readonly Signed[],
  reason: AbortReason,
  deps: CoordinatorDeps,
): Closing {
  const sign = (tree: Tree) =>
    signBody(
      abortCodec,
      {
        opening: header.id,
        code: reason.code,
        message: reason.message.slice(0, 500),
        round: phase,
        blamed: [...reason.blamed],
        ...tree,
      },
      deps.signer,
    );
  return closing(before, records, 'aborted', { kind: 'abort', sign }, reason.blamed);
}

export interface Counts {
  /** Participants whose message this round could still bring. */
  readonly expected: number;
  readonly received: number;
  /** r2: complaints whose dealer may still answer. */
  readonly openComplaints: number;
}

/** All have answered: nothing is gained by waiting for the deadline. */
export const canCloseEarly = (counts: Counts): boolean =>
  counts.received >= counts.expected && counts.openComplaints === 0;
