/**
 * A participant's states (PROTOCOL §6.1). Each holds exactly what later rounds need, so a round in the wrong order does
 * not type-check and does not run. States are plain data (structured-cloneable); they hold secrets and are never logged.
 *
 *   opened ─r0→ keysAdvertised ─r1→ keysShared ─plan→ maskPlanned ─r2→ inputMasked ─r3→ consistencySigned ─r4→ unmasked
 */
import type { Agreement } from '../../../crypto/key-agreement.js';
import type { Random } from '../../../crypto/random.js';
import { redacted } from '../../../crypto/redacted.js';
import type { BeaconChain } from '../beacon.js';
import type { Codec } from '../codec.js';
import type { SessionContext } from '../context.js';
import type { Task } from '../documents.js';
import { BlindsumError } from '../errors.js';
import type { Complaint } from '../messages.js';
import type { Policy } from '../policy.js';
import type { MemberSet } from '../sets.js';
import { openSigned, type Signed, type Signer, type Verify } from '../signed.js';
import type { Opening } from '../statements.js';
import type { Dealing, Held, Job, Sets, Suite } from '../suite.js';

/** Everything a participant trusts; from its own trust file. */
export interface Anchors {
  readonly organiser: Uint8Array;
  readonly coordinator: Uint8Array;
  readonly policy: Policy;
  /** The public beacon, for tasks that make their ring from one. */
  readonly beacon: BeaconChain | null;
}

/**
 * Computes what depends on nothing but `of` (arrays and objects themselves, byte strings as hex) and grows with everybody
 * in a session: the roster, its sets. Injected, as `Verify`, so that many participants in one process may share what one
 * of them computed; a participant by itself computes.
 */
export type Once = <T>(what: string, of: readonly (object | string)[], compute: () => T) => T;

export interface Deps {
  readonly random: Random;
  readonly verify: Verify;
  readonly signer: Signer;
  readonly suite: (id: string) => Suite;
  /** Default: computes. */
  readonly once?: Once;
  /** Of a key with those of others; default: `agreement`. Injected only where both ends are in one process. */
  readonly agreement?: (privateKey: Uint8Array) => Agreement;
}

export const onceOf =
  ({ once }: Pick<Deps, 'once'>): Once =>
  (what, of, compute) =>
    once === undefined ? compute() : once(what, of, compute);

/** `openSigned` of what many are shown: neighbours see the same messages. */
export const openShown = <T>(deps: Deps, codec: Codec<T>, signed: Signed, publicKey: Uint8Array): T =>
  onceOf(deps)(codec.label, [signed, publicKey], () => openSigned(codec, signed, publicKey, deps.verify));

/** A session whose opening was verified; nothing has been sent yet. */
export interface Opened {
  readonly kind: 'opened';
  readonly anchors: Anchors;
  readonly id: Uint8Array;
  readonly task: Task;
  readonly taskHash: Uint8Array;
  readonly opening: Opening;
  /** Increasing. */
  readonly electorate: readonly Uint8Array[];
  readonly pinned: boolean;
  readonly scope: Uint8Array;
  /** Hash of the input that the vector counts for in the scope; null for none, whatever the opening names. */
  readonly answers: Uint8Array | null;
}

export interface KeysAdvertised {
  readonly kind: 'keysAdvertised';
  readonly opened: Opened;
  readonly shareSeed: Uint8Array;
  readonly maskSeed: Uint8Array;
  readonly r0: Signed;
  readonly sentAtMs: number;
}

/** Common to all states once the roster is frozen. */
export interface Joined {
  readonly opened: Opened;
  readonly session: SessionContext;
  readonly self: number;
  readonly u1: MemberSet;
}

export interface IncomingKey {
  readonly position: number;
  readonly key: Uint8Array;
  readonly nonce: Uint8Array;
}

export interface KeysShared extends Joined {
  readonly kind: 'keysShared';
  readonly incoming: readonly IncomingKey[];
  readonly agreed: ReadonlyMap<number, Uint8Array>;
  readonly suiteSeed: Uint8Array;
  readonly ownShares: readonly (Uint8Array | null)[];
  /** Kept until r2 closes, to answer complaints. */
  readonly dealt: ReadonlyMap<number, DealtPacket>;
}

export interface DealtPacket {
  readonly ciphertextHash: Uint8Array;
  readonly shares: readonly Uint8Array[];
}

export interface MaskPlanned extends Joined {
  readonly kind: 'maskPlanned';
  readonly u2: MemberSet;
  readonly held: Held;
  readonly dealings: Dealings;
  readonly complaints: readonly Complaint[];
  readonly dealt: ReadonlyMap<number, DealtPacket>;
  /** Keyed digest of the quantised input, for the one-vote rule. */
  readonly vector: Uint8Array;
}

/** What each dealer that this participant complains about signed of the packet for it; an answer must fit it. */
export type Dealings = ReadonlyMap<number, Dealing>;

export interface InputMasked extends Omit<MaskPlanned, 'kind'> {
  readonly kind: 'inputMasked';
  readonly header: Signed;
  /** Positions whose complaints were answered; at most n_C, ever. */
  readonly answered: readonly number[];
}

export interface ConsistencySigned extends Joined {
  readonly kind: 'consistencySigned';
  readonly sets: Sets;
  readonly held: Held;
  readonly dealings: Dealings;
  /** Root over the upload digests of U3, as signed. */
  readonly uploads: Uint8Array;
  readonly r3: Signed;
  /** Digests of the signed sets' statements, kept as evidence. */
  readonly statement: Signed;
}

/** What the outcome is read with: no more, for it is kept with the latch of r4, and rosters are long. */
export interface Unmasked {
  readonly kind: 'unmasked';
  readonly anchors: Anchors;
  readonly task: Task;
  readonly ctx: Uint8Array;
  /** H(U3). */
  readonly u3: Uint8Array;
  readonly survivors: number;
}

export const unmaskedOf = ({ opened, session, sets: { u3 } }: ConsistencySigned): Unmasked => ({
  kind: 'unmasked',
  anchors: opened.anchors,
  task: session.task,
  ctx: session.ctx,
  u3: u3.hash,
  survivors: u3.members.length,
});

export type ClientState =
  Opened | KeysAdvertised | KeysShared | MaskPlanned | InputMasked | ConsistencySigned | Unmasked;

export interface Step<S, M> {
  readonly kind: 'step';
  readonly state: S;
  readonly send: M;
  /** Secrets no later state needs; the shell wipes them after the latch is on disk. */
  readonly wipe: readonly Uint8Array[];
}

export interface Refusal {
  readonly kind: 'refusal';
  readonly error: BlindsumError;
}

/** What a step, its state and its job hold is not shown when they are printed. */
function concealed<R extends object>(result: R): R {
  if (!('state' in result)) return result;
  redacted(result); // check: C13
  redacted(result.state as ClientState); // check: C13
  if ('job' in result) redacted(result.job as Job); // check: C13
  return result;
}

/** Turns a round that throws `BlindsumError` into one that returns it; programmer mistakes still throw. */
export function round<A extends readonly unknown[], R extends object>(
  body: (...args: A) => R,
): (...args: A) => R | Refusal {
  return (...args) => {
    try {
      return concealed(body(...args));
    } catch (error) {
      if (error instanceof BlindsumError) return { kind: 'refusal', error };
      throw error;
    }
  };
}
