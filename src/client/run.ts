/**
 * One session as this client goes through it: what the rounds share. A run is made when a session is opened and thrown
 * away when it ended; what must outlive the process is in the journal.
 */
import { toHex, wipe } from '../../crypto/bytes.js';
import type { ClientState, Deps, Refusal, Step } from '../protocol/client/state.js';
import type { BeaconSource } from '../protocol/beacon.js';
import { BlindsumError, isBlindsumError } from '../protocol/errors.js';
import type { Round } from '../protocol/phase.js';
import type { VectorInput } from '../protocol/quantise.js';
import type { ScopeRecord } from '../protocol/scope.js';
import type { Signed } from '../protocol/signed.js';
import { openingCodec, openingHash } from '../protocol/statements.js';
import type { Engine } from '../protocol/suite.js';
import type { ParticipantApi } from '../rpc/participant-api.js';
import { enterSession } from './exclusive.js';
import type { Journal, JournalEntry, LatchEntry, ScopeEntry, SecretEntry } from './journal.js';
import { followPhases, type Phases, rank } from './phases.js';
import { type Retrying, type Sleep, withRetries } from '../rpc/retry.js';
import { encodeSaved } from './saved-state.js';
import { secretsOf } from './secrets.js';
import type { Trust } from './trust.js';
import type { ProgressEvent, SessionOptions, VerifyElsewhere } from './types.js';

/** What a client is made of; the same for all its sessions. */
export interface Env {
  readonly transport: ParticipantApi;
  readonly journal: Journal;
  readonly trust: Trust;
  readonly certificate: Signed | null;
  readonly engine: Engine;
  readonly beacon: BeaconSource | null;
  readonly deps: Deps;
  readonly verifyElsewhere: VerifyElsewhere | null;
  /** Sessions that were reported as passed over: once is enough, however often they are announced. */
  readonly passedOver: Set<string>;
  readonly now: () => number;
  readonly sleep: Sleep;
}

export interface Run {
  readonly env: Env;
  /** Hash of the opening, hex: names the session in calls and in the journal. */
  readonly id: string;
  readonly number: number;
  readonly opening: { readonly signed: Signed; readonly id: Uint8Array };
  /** Nothing of the session is left once all its rounds have passed: no call is repeated for longer. */
  readonly giveUpMs: number;
  readonly options: SessionOptions;
  /** The caller's. */
  readonly signal: AbortSignal;
  readonly phases: Phases;
  /** Until then nobody in this process takes the session for an interrupted one. */
  readonly leave: () => void;
  readonly emit: (event: ProgressEvent) => void;
  /** Set once r0 is latched. */
  joined: boolean;
  /** Wiped when the run ends. */
  state: ClientState | null;
  input: VectorInput | null;
  /** Signed bytes that the present round looks at: evidence, should it refuse them. */
  seen: readonly Signed[];
  /** The refusal of this client's own rounds, as opposed to an error of a call. */
  refusal: BlindsumError | null;
}

export interface RunStart {
  readonly id: string;
  readonly opening: Signed;
  readonly options: SessionOptions;
  readonly signal: AbortSignal;
  readonly joined: boolean;
}

export function startRun(env: Env, { id, opening, options, signal, joined }: RunStart): Run {
  const body = openingCodec.decode(opening.payload);
  const emit = (event: ProgressEvent): void => options.onProgress?.(event);
  const giveUpMs = body.joinMs + 5 * body.roundMs;
  const retrying: Retrying = { now: env.now, sleep: env.sleep, giveUpMs, signal, onRetry: emit };
  const leave = enterSession(env.journal, id);
  const phases = followPhases(env.transport, id, retrying);
  return {
    env,
    id,
    number: body.session,
    opening: { signed: opening, id: openingHash(opening) },
    giveUpMs,
    options,
    signal,
    phases,
    leave,
    emit,
    joined,
    state: null,
    input: null,
    seen: [],
    refusal: null,
  };
}

/** Wipes and forgets; what is saved in the journal stays there. */
export function endRun(run: Run): void {
  if (run.state !== null) wipe(...secretsOf(run.state)); // check: A10, C13
  if (run.input !== null) wipe(...run.input); // check: C13
  run.state = null;
  run.input = null;
  run.phases.stop();
  run.leave();
}

/** A call that is repeated while the network is away. `signal` default: ends with the session. */
export function ask<T>(
  run: Run,
  call: (signal: AbortSignal) => Promise<T>,
  signal: AbortSignal = run.phases.over,
  onRetry?: () => void,
): Promise<T> {
  const { now, sleep } = run.env;
  return withRetries(
    {
      now,
      sleep,
      giveUpMs: run.giveUpMs,
      signal,
      onRetry: (event) => {
        onRetry?.();
        run.emit(event);
      },
    },
    call,
  );
}

/** Waits until the session is in `round`. @throws BlindsumError LATE when it went on without this participant */
export async function reach(run: Run, round: Round): Promise<void> {
  const event = await run.phases.until(({ phase }) => rank(phase) >= rank(round));
  if (event.phase === round) return;
  throw new BlindsumError(
    'LATE',
    'self',
    `the session is in ${event.phase}: it went on before this participant's ${round} was sent`,
  ); // check: A8
}

/** The step, or throws the refusal, keeping what was refused as evidence. */
export function accept<T extends { readonly kind: string }>(
  run: Run,
  outcome: T,
  seen: readonly Signed[],
): Exclude<T, Refusal> {
  if (outcome.kind === 'refusal') {
    run.seen = seen;
    run.refusal = (outcome as unknown as Refusal).error;
    throw run.refusal;
  }
  return outcome as Exclude<T, Refusal>;
}

/** The step of a round that needs no evidence. */
export function take<T extends { readonly kind: string }>(outcome: T): Exclude<T, Refusal> {
  if (outcome.kind === 'refusal') throw (outcome as unknown as Refusal).error;
  return outcome as Exclude<T, Refusal>;
}

export const latchEntry = (
  run: Pick<Run, 'id'>,
  message: LatchEntry['message'],
  fields: Pick<LatchEntry, 'key' | 'signed'> & Partial<LatchEntry>,
): LatchEntry => ({
  kind: 'latch',
  session: run.id,
  message,
  subject: '',
  attachment: null,
  statement: null,
  state: null,
  ...fields,
});

export const scopeEntry = (scope: Uint8Array, record: ScopeRecord): ScopeEntry => ({
  kind: 'scope',
  scope: toHex(scope),
  record,
});

/** Of a scope that was joined. @throws BlindsumError JOURNAL_FAILED */
export async function readScope({ journal }: Env, scope: Uint8Array): Promise<ScopeRecord> {
  const record = await journal.scope(toHex(scope));
  if (record === null)
    throw new BlindsumError('JOURNAL_FAILED', 'environment', 'the journal has lost the scope');
  return record;
}

/** @throws BlindsumError JOURNAL_FAILED */
export async function durably(journal: Journal, entries: readonly JournalEntry[]): Promise<void> {
  try {
    await journal.append(entries);
  } catch (cause) {
    if (isBlindsumError(cause)) throw cause;
    throw new BlindsumError(
      'JOURNAL_FAILED',
      'environment',
      'the journal cannot be written, so nothing is sent',
      { cause },
    );
  }
}

/**
 * Makes a step final: its bytes, and with `resume` the state after it, become durable in one append; then what the step
 * no longer needs is wiped. Only after this may the message be sent.
 */
export async function commit<S extends ClientState>(
  run: Run,
  step: Step<S, unknown>,
  entries: readonly JournalEntry[],
): Promise<S> {
  // Also after r4, when there is nothing secret in it: it replaces the state before.
  const secret: SecretEntry[] =
    run.options.resume === true
      ? [
          {
            kind: 'secret',
            session: run.id,
            bytes: encodeSaved({ state: step.state, input: inputAfter(step.state, run.input) }),
          },
        ]
      : [];
  const before = run.state;
  run.state = step.state;
  try {
    await durably(run.env.journal, [...entries, ...secret]);
  } catch (error) {
    if (before !== null) wipe(...secretsOf(before));
    throw error;
  } finally {
    wipe(...step.wipe, ...secret.map(({ bytes }) => bytes)); // check: A10, C13
  }
  return step.state;
}

/** The input is needed until it is masked. */
const inputAfter = (state: ClientState, input: VectorInput | null): VectorInput | null =>
  state.kind === 'keysAdvertised' || state.kind === 'keysShared' ? input : null;
