/**
 * Time and quorum of one session: closes a round as soon as all have answered, else at its deadline with what is there,
 * so somebody who vanished holds up nobody for longer. Only the runner on the node that holds the session's lease does so;
 * those on other nodes look, for who watches there. It decides nothing else and keeps nothing that matters: two runners
 * that both believe to hold the lease are harmless, because the store closes each round once.
 *
 * A closing statement is signed only after everything was accepted that it covers, and leaves this process only through
 * the transaction that closes the round; a statement whose transaction was refused is thrown away unseen.
 */
import { type AbortReason, canCloseEarly } from '../protocol/coordinator/state.js';
import { type BlindsumError, isBlindsumError } from '../protocol/errors.js';
import { isEnded } from '../protocol/phase.js';
import type { SessionRow } from '../storage/port.js';
import { Bell } from './bell.js';
import { deadlineOf } from './deadlines.js';
import { describeError } from './logger.js';
import { Rest } from './pace.js';
import { isWorthTelling } from './rarely.js';
import { RoundCloser, type RoundClosing } from './round-closing.js';
import type { RunnerHooks } from './runner-hooks.js';
import { roundCounts } from './round-progress.js';
import { reportRound } from './round-report.js';
import type { SessionViews } from './session-views.js';
import { POLL_MS, type Shell } from './shell.js';
import type { Span } from './tracing/port.js';
import { type Snapshot, WatchedSession } from './watched-session.js';

/** After this many failures of one round's closing, other than of the store, the session is given up. */
const MAX_ATTEMPTS = 3;
const ENDED = -1;

export class SessionRunner {
  readonly #shell: Shell;
  readonly #views: SessionViews;
  readonly #closer: RoundCloser;
  readonly #bell: Bell;
  readonly #rest = new Rest();
  readonly #watched: WatchedSession;
  readonly #stopping = new AbortController();
  readonly #hooks: RunnerHooks;
  #ending: Promise<void> | null = null;
  /** The round that is being closed right now, from its version on. */
  #closing: { readonly version: number; readonly giveUp: AbortController } | null = null;
  /** r4: this many answers were not enough. */
  #tooFew = 0;
  #failures = 0;
  /** Why the session could not be read the last time; null when it could. */
  outage: BlindsumError | null = null;

  constructor(
    readonly sessionId: string,
    shell: Shell,
    views: SessionViews,
    hooks: RunnerHooks,
  ) {
    this.#shell = shell;
    this.#views = views;
    this.#closer = new RoundCloser(shell, views);
    this.#bell = new Bell(shell.clock);
    this.#watched = new WatchedSession(shell);
    this.#hooks = hooks;
  }

  get snapshot(): Snapshot | null {
    return this.#watched.snapshot;
  }

  /** True once no more changes will be told. */
  get isOver(): boolean {
    return this.#stopping.signal.aborted || (this.snapshot !== null && isEnded(this.snapshot.row.phase));
  }

  start(): void {
    this.#ending ??= this.#run();
  }

  readonly wake = (): void => this.#bell.ring();

  subscribe(listener: () => void): () => void {
    return this.#watched.subscribe(listener);
  }

  /** Another node runs the session now: what is being computed here would come too late. */
  release(): void {
    this.#closing?.giveUp.abort();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#ending;
  }

  /** @returns false when the session had ended already */
  async cancel(reason: AbortReason): Promise<boolean> {
    for (;;) {
      const row = await this.#shell.store.getSession(this.sessionId);
      if (row === null || isEnded(row.phase)) return false;
      if (!(await this.#commit(row, await this.#closer.abort(row, reason)))) continue;
      this.#closing?.giveUp.abort();
      return true;
    }
  }

  async #run(): Promise<void> {
    const unsubscribe = this.#shell.store.watch(({ sessionId }) => {
      if (sessionId !== this.sessionId) return;
      this.#bell.ring();
      void this.#giveUpWhenClosed();
    });
    let waitMs = 0;
    let failures = 0;
    while (waitMs !== ENDED && !this.#stopping.signal.aborted) {
      try {
        waitMs = await this.#turn();
        failures = 0;
      } catch (error) {
        if (this.#stopping.signal.aborted) break;
        failures += 1;
        if (isWorthTelling(failures)) {
          this.#shell.logger.error(
            { session: this.sessionId, ...describeError(error), failures },
            'a turn failed; it is tried again',
          );
        }
        waitMs = POLL_MS;
      }
      if (waitMs > 0) await this.#rest.take(this.#stopping.signal);
      if (waitMs > 0) await this.#bell.wait(waitMs, this.#stopping.signal);
    }
    unsubscribe();
    this.#hooks.onEnd();
    this.#watched.tell();
  }

  /** Looks once; @returns how long to wait for the next look. */
  async #turn(): Promise<number> {
    const { store, clock } = this.#shell;
    this.#rest.begin();
    const row = await store.getSession(this.sessionId).catch((error: unknown) => {
      this.outage = isBlindsumError(error) ? error : null;
      throw error;
    });
    this.outage = null;
    if (row === null) return ENDED;
    this.#hooks.onLook(row);
    await this.#watched.publish(row);
    if (isEnded(row.phase)) return ENDED;
    const leftMs = (): number => row.phaseDeadlineMs - clock.now();
    const isHeld = this.#hooks.isHeld();
    const hasEnded = isHeld && (await this.#tryToEnd(row, leftMs() <= 0));
    this.#rest.mayLast(row.electorate.length, leftMs(), !isHeld);
    if (!isHeld) return POLL_MS;
    // Looking took time too: what is due now is looked at again at once.
    return hasEnded ? 0 : Math.max(0, Math.min(POLL_MS, leftMs()));
  }

  /** @returns false when it is better to wait */
  async #tryToEnd(row: SessionRow, isDue: boolean): Promise<boolean> {
    const { id: session, taskId: task, phase: round } = row;
    const span = this.#shell.tracer.begin('close round', { session, task, round });
    try {
      const closing = await this.#tryToClose(row, isDue, span);
      // Its span is not shown.
      if (closing === null) return false;
      span.set({ to: closing.change.to, accepted: closing.senders.done.length });
      await span.run(() => this.#commit(row, closing));
      span.end();
      return true;
    } catch (error) {
      span.end(true);
      throw error;
    }
  }

  async #tryToClose(row: SessionRow, isDue: boolean, span: Span): Promise<RoundClosing | null> {
    const { signal } = (this.#closing = { version: row.version, giveUp: new AbortController() }).giveUp;
    try {
      const close = (mayWait: boolean): Promise<RoundClosing | null> =>
        span.run(() => this.#close(row, mayWait, signal));
      const closing = isDue ? await close(false) : await this.#closeEarly(row, close);
      this.#failures = 0;
      return closing;
    } catch (error) {
      if (signal.aborted) return null;
      return this.#giveUp(row, error);
    } finally {
      this.#closing = null;
    }
  }

  /** An operator may have cancelled the session on another node while the masks are removed here. */
  async #giveUpWhenClosed(): Promise<void> {
    const closing = this.#closing;
    if (closing === null) return;
    const row = await this.#shell.store.getSession(this.sessionId).catch(() => null);
    if (row !== null && row.version !== closing.version) closing.giveUp.abort();
  }

  async #closeEarly(
    row: SessionRow,
    close: (mayWait: boolean) => Promise<RoundClosing | null>,
  ): Promise<RoundClosing | null> {
    const counts = await roundCounts(this.#shell, this.#views, row);
    const isKnownTooFew = row.phase === 'r4' && counts.received <= this.#tooFew;
    if (!canCloseEarly(counts) || isKnownTooFew) return null;
    const { u3 } = row.phase === 'r4' ? await this.#views.frozen(row) : { u3: null };
    const mayWait = u3 !== null && counts.received < u3.members.length;
    const closing = await close(mayWait);
    if (closing === null) this.#tooFew = counts.received;
    return closing;
  }

  #close(row: SessionRow, mayWait: boolean, signal: AbortSignal): Promise<RoundClosing | null> {
    return this.#closer.close(row, mayWait, AbortSignal.any([this.#stopping.signal, signal]));
  }

  /** A round that cannot be closed must not keep its session open for ever. */
  async #giveUp(row: SessionRow, error: unknown): Promise<RoundClosing> {
    if (this.#stopping.signal.aborted || isBlindsumError(error, 'STORE_FAILED')) throw error;
    this.#failures += 1;
    if (!isBlindsumError(error) && this.#failures < MAX_ATTEMPTS) throw error;
    this.#shell.logger.error(
      { session: row.id, phase: row.phase, ...describeError(error) },
      'the round cannot be closed; the session is given up',
    );
    return this.#closer.giveUp(row, error);
  }

  async #commit(row: SessionRow, closing: RoundClosing): Promise<boolean> {
    const { change, seen } = closing;
    const { to, statement, leaves, tree, blamed, aggregate } = change;
    const header = await this.#views.header(row);
    const done = await this.#shell.store.transition(
      row.id,
      { phase: row.phase, version: row.version, seen },
      {
        to,
        phaseDeadlineMs: deadlineOf(this.#shell, header, to),
        leaves,
        tree,
        blamed,
        ...(statement === null ? {} : { statement }),
        ...(aggregate === undefined ? {} : { aggregate }),
      },
    );
    if (done) await reportRound(this.#shell, this.#views, row, closing);
    this.#bell.ring();
    return done;
  }
}
