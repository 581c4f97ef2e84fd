/**
 * Opens sessions (PROTOCOL §3). The opening binds suite, task, number, input and electorate, and names the last tree of
 * every earlier session that no other opening named, so none can be forgotten without a trace.
 */
import { fromHex, toHex } from '../../crypto/bytes.js';
import { encodeSigned } from '../protocol/attachments.js';
import { treeOf } from '../protocol/coordinator/state.js';
import { beaconOf, firstRoundFrom, requireChain, roundExtension } from '../protocol/beacon.js';
import { electorateHash, grantCodec, grantHash, type Task, taskCodec } from '../protocol/documents.js';
import { refuseLack } from '../protocol/engine-refusals.js';
import { refuse } from '../protocol/errors.js';
import { isEnded } from '../protocol/phase.js';
import { openSigned, signBody, signedLeaf } from '../protocol/signed.js';
import { type Checkpoint, openingCodec, openingHash } from '../protocol/statements.js';
import type { OpenSession } from '../rpc/operator-api.js';
import type { SessionRow, TaskRow } from '../storage/port.js';
import type { Enrolment } from './enrolment.js';
import { grantBlob } from './session-head.js';
import { refuseClosed, requireRoom, type Shell, taskRow } from './shell.js';
import { checkElectorate } from './tasks.js';

/** As many as an opening can carry; the rest is named by the next. */
const MAX_CHECKPOINTS = 4096;
/** Other nodes may take a number first. */
const MAX_ATTEMPTS = 16;

/** So long it takes at most until everybody has the roster, which has to be before a beacon's round. */
const ROSTER_MS = 15_000;

/** What becomes an opening, checked. */
interface Wanted {
  readonly electorate: readonly Uint8Array[];
  readonly input: string | null;
  readonly joinMs: number;
  readonly roundMs: number;
  /** Hashes. */
  readonly grants: Uint8Array[];
}

export class SessionOpener {
  readonly #shell: Shell;
  readonly #enrolment: Enrolment;
  /** Sessions that an opening names; openings do not change. */
  readonly #named = new Map<string, readonly string[]>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(shell: Shell, enrolment: Enrolment) {
    this.#shell = shell;
    this.#enrolment = enrolment;
  }

  /** One after the other: numbers and limits are counted. */
  open(request: OpenSession): Promise<SessionRow> {
    const opened = this.#last.then(() => this.#open(request));
    this.#last = opened.catch(() => undefined);
    return opened;
  }

  async #open(request: OpenSession): Promise<SessionRow> {
    const { store, limits, engine, deps } = this.#shell;
    const task = await taskRow(store, request.taskId);
    if (task.closed) refuseClosed();
    const { joinMs, roundMs } = this.#times(request);
    const open = (await store.listSessions()).filter(({ phase }) => !isEnded(phase));
    requireRoom(open.length, limits.maxOpenSessions, 'sessions are open');
    const ofTask = open.filter(({ taskId }) => taskId === task.id);
    requireRoom(ofTask.length, limits.maxOpenSessionsPerTask, 'sessions of this task are open');
    const input = request.inputDigest === null ? null : toHex(request.inputDigest);
    const grants = await this.#grants(request);
    const electorate =
      task.pinned ?? (await this.#enrolment.eligible(this.#shell.clock.now() + joinMs + roundMs));
    const body = taskCodec.decode(task.signed.payload);
    checkElectorate(body, electorate.length);
    // The task may have been created on another machine.
    refuseLack(await engine.lacks(deps.suite(body.suite).engineNeed(body)));
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      // Each time: with the last session that named it, an input may have been purged meanwhile.
      if (input !== null && (await store.getBlob(input)) === null) {
        refuse('INPUT_MISMATCH', 'caller', 'no input with this digest was stored: put it first');
      }
      const row = await this.#row(task, { electorate, input, joinMs, roundMs, grants });
      const leaves = [signedLeaf(task.signed), signedLeaf(row.opening)];
      if (await store.createSession(row, leaves)) return row;
    }
    refuse('OVERLOADED', 'environment', 'other nodes keep taking the session number');
  }

  async #row(task: TaskRow, { electorate, input, joinMs, roundMs, grants }: Wanted): Promise<SessionRow> {
    const { store, deps, clock, random } = this.#shell;
    const sessions = await store.listSessions(task.id);
    const number = sessions.reduce((highest, session) => Math.max(highest, session.number), 0) + 1;
    const openedMs = clock.now();
    const body = taskCodec.decode(task.signed.payload);
    const opening = signBody(
      openingCodec,
      {
        suite: body.suite,
        task: fromHex(task.id),
        session: number,
        nonce: random(32),
        input: input === null ? null : fromHex(input),
        electorate: { hash: electorateHash(electorate), size: electorate.length },
        openedMs,
        joinMs,
        roundMs,
        previous: this.#checkpoints(sessions),
        grants,
        keyTypes: ['x25519'],
        privacy: null,
        critical: this.#round(body, openedMs + joinMs + Math.min(roundMs, ROSTER_MS)),
      },
      deps.signer,
    );
    return {
      id: toHex(openingHash(opening)),
      taskId: task.id,
      number,
      opening,
      electorate,
      input,
      phase: 'r0',
      version: 0,
      phaseSinceMs: openedMs,
      phaseDeadlineMs: openedMs + joinMs,
      statements: {},
      tree: treeOf([signedLeaf(task.signed), signedLeaf(opening)]),
      blamed: [],
      purgedMs: null,
    };
  }

  /**
   * Names the round that a ring is to come from.
   * @param fromMs when everybody has the roster
   * @throws BlindsumError UNSUPPORTED (fault caller)
   */
  #round(task: Task, fromMs: number): string[] {
    if (beaconOf(task) === null) return [];
    const chain = requireChain(task, this.#shell.beacon?.chain ?? null);
    return [roundExtension(firstRoundFrom(chain, fromMs + chain.periodMs))];
  }

  /** Kept for the transcript. @returns hashes for the opening @throws BlindsumError WRONG_ORGANISER */
  async #grants({ grants = [] }: OpenSession): Promise<Uint8Array[]> {
    const { deps, organiser, store } = this.#shell;
    for (const grant of grants) openSigned(grantCodec, grant, organiser, deps.verify, 'WRONG_ORGANISER');
    for (const grant of grants) await store.putBlob(grantBlob(grantHash(grant)), encodeSigned(grant));
    return grants.map(grantHash);
  }

  /** Of every session that ended and was named by none. */
  #checkpoints(sessions: readonly SessionRow[]): Checkpoint[] {
    const named = new Set(sessions.flatMap((session) => this.#namedBy(session)));
    return sessions
      .filter(({ id, phase }) => isEnded(phase) && !named.has(id))
      .slice(0, MAX_CHECKPOINTS)
      .map(({ id, tree }) => ({ session: fromHex(id), size: tree.size, root: tree.root }));
  }

  #namedBy({ id, opening }: SessionRow): readonly string[] {
    const known = this.#named.get(id);
    if (known !== undefined) return known;
    const named = openingCodec.decode(opening.payload).previous.map(({ session }) => toHex(session));
    this.#named.set(id, named);
    return named;
  }

  #times(request: OpenSession): { joinMs: number; roundMs: number } {
    const { defaults, limits } = this.#shell;
    const joinMs = request.joinMs || defaults.joinMs;
    const roundMs = request.roundMs || defaults.roundMs;
    for (const [name, ms] of Object.entries({ joinMs, roundMs })) {
      if (!Number.isInteger(ms) || ms < 1 || ms > limits.maxRoundMs) {
        refuse('BAD_CONFIG', 'caller', `${name} must be from 1 to ${limits.maxRoundMs} milliseconds`);
      }
    }
    return { joinMs, roundMs };
  }
}
