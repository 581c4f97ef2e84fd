/** What a session is set up from, what it has come to after each round, and how it ends. */
import type { BeaconChain, BeaconValue } from '../../../src/protocol/beacon.js';
import type { RosterMessage, ShareKeysMessage } from '../../../src/protocol/client/r1-share-keys.js';
import type { MaskedInputMessage } from '../../../src/protocol/client/r2-masked-input.js';
import type { HeadersMessage } from '../../../src/protocol/client/r3-consistency.js';
import type { SignaturesMessage, UnmaskMessage } from '../../../src/protocol/client/r4-unmask.js';
import type {
  ConsistencySigned,
  Deps,
  InputMasked,
  KeysAdvertised,
  KeysShared,
  Opened,
  Unmasked,
} from '../../../src/protocol/client/state.js';
import type { SurvivorHeaders } from '../../../src/protocol/coordinator/r3-consistency.js';
import type { Dealer } from '../../../src/protocol/coordinator/dealers.js';
import type {
  AcceptedRecord,
  Closing,
  Frozen,
  SessionHeader,
} from '../../../src/protocol/coordinator/state.js';
import type { Task } from '../../../src/protocol/documents.js';
import type { Policy } from '../../../src/protocol/policy.js';
import type { VectorInput } from '../../../src/protocol/quantise.js';
import type { ScopeRecord } from '../../../src/protocol/scope.js';
import type { Signed } from '../../../src/protocol/signed.js';
import type { Abort, Opening } from '../../../src/protocol/statements.js';
import type { Party } from '../parties.js';

export interface Options {
  readonly seed?: string;
  readonly task?: Partial<Task>;
  readonly opening?: Partial<Opening>;
  readonly policy?: Policy;
  readonly input?: (index: number, task: Task) => VectorInput;
  readonly scope?: (member: Party) => ScopeRecord;
  readonly lastSession?: number | null;
  /** Held by everybody. */
  readonly grants?: readonly Signed[];
  /** The session tree begins with task and opening, as a coordinator's does; otherwise it begins with r0. */
  readonly wholeTree?: boolean;
  /** The beacon that everybody trusts, and its value of the round that the opening names. */
  readonly beacon?: { readonly chain: BeaconChain; readonly value: BeaconValue };
  /** Given when the task pins no list. */
  readonly certificate?: (member: Party) => Signed | null;
  /** What a deviating participant sends instead. */
  readonly r1?: (
    message: ShareKeysMessage,
    position: number,
    round: Omit<AtR1, 'members'>,
  ) => ShareKeysMessage;
  readonly r2?: (message: MaskedInputMessage, position: number, round: AtR2) => MaskedInputMessage;
}

export interface Setup {
  readonly options: Options;
  readonly parties: readonly Party[];
  readonly task: Signed;
  readonly opening: Signed;
  readonly electorate: readonly Uint8Array[];
  readonly header: SessionHeader;
  readonly members: readonly {
    readonly party: Party;
    readonly deps: Deps;
    readonly input: VectorInput;
    readonly scope: ScopeRecord;
    readonly opened: Opened;
    readonly state: KeysAdvertised;
    readonly record: AcceptedRecord;
  }[];
}

export interface Aborted {
  readonly round: 'aborted';
  readonly closing: Closing;
  readonly abort: Abort;
}

export interface Common {
  readonly setup: Setup;
  readonly frozen: Frozen;
  readonly leaves: readonly Uint8Array[];
  readonly statement: Signed;
}

export interface Member<S, M> {
  readonly position: number;
  /** Index into `setup.members`. */
  readonly index: number;
  readonly deps: Deps;
  readonly state: S;
  readonly send: M;
  readonly record: AcceptedRecord;
}

/** The roster is frozen; `members` have answered with r1. */
export interface AtR1 extends Common {
  readonly round: 'r1';
  /** With all session keys, as everybody gets it on a complete graph. */
  readonly message: RosterMessage;
  readonly members: readonly Member<KeysShared, ShareKeysMessage>[];
}

/** U2 is closed; `members` have answered with r2. */
export interface AtR2 extends Common {
  readonly round: 'r2';
  readonly dealers: readonly Dealer[];
  readonly members: readonly Member<InputMasked, MaskedInputMessage>[];
}

/** U3 is closed; `members` have answered with r3. */
export interface AtR3 extends Common {
  readonly round: 'r3';
  readonly dealers: readonly Dealer[];
  /** As the first of U3 is given it; on a sparse graph others are given others. */
  readonly message: HeadersMessage;
  readonly shown: SurvivorHeaders;
  readonly answers: readonly AcceptedRecord[];
  readonly uploads: Uint8Array;
  readonly sum: Uint8Array;
  readonly closing: Closing;
  readonly members: readonly (Member<ConsistencySigned, Signed> & { readonly scope: ScopeRecord })[];
}

/** A quorum signed; `members` have answered with r4. */
export interface AtR4 extends Omit<Common, 'statement'> {
  readonly round: 'r4';
  readonly dealers: readonly Dealer[];
  readonly message: SignaturesMessage;
  readonly sum: Uint8Array;
  readonly members: readonly Member<Unmasked, UnmaskMessage>[];
}

export interface Closed {
  readonly round: 'closed';
  readonly closing: Closing;
  readonly result: Signed;
  readonly packed: Uint8Array;
  readonly sums: readonly Uint32Array[];
  readonly badHelpers: readonly number[];
}
