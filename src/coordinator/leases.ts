/**
 * What this node runs: the sessions whose lease it holds. Other nodes see that it lives by its renewals; when those stop
 * they take its sessions within the lease and one look more, at once when it gave them up. Leases are for liveness only:
 * two nodes that both believe to hold one do the same work, and the store lets each round close once.
 */
import { RETENTION_LEASE } from '../storage/port.js';
import { Bell } from './bell.js';
import { JUMP_MS } from './clock-watch.js';
import { describeError } from './logger.js';
import { isWorthTelling } from './rarely.js';
import { POLL_MS, type Shell } from './shell.js';
import type { StoreClock } from './store-clock.js';

export interface LeaseHooks {
  /** Leases that this node holds from now on. */
  onTaken(names: readonly string[]): void;
  /** Leases that it holds no longer: other nodes have them, or may have. */
  onLost(names: readonly string[]): void;
}

type Part = Pick<Shell, 'store' | 'logger' | 'metrics' | 'leaseMs'> & { readonly clock: StoreClock };

export class Leases {
  readonly #shell: Part;
  readonly #hooks: LeaseHooks;
  readonly #bell: Bell;
  readonly #stopping = new AbortController();
  #running: Promise<void> | null = null;
  #held: ReadonlySet<string> = new Set();
  /** By the own clock. */
  #renewedMs = -Infinity;

  constructor(shell: Part, hooks: LeaseHooks) {
    this.#shell = shell;
    this.#hooks = hooks;
    this.#bell = new Bell(shell.clock);
    shell.metrics.read('blindsum_leases_held', () =>
      [...this.#held]
        .filter((name) => this.holds(name))
        .map((name) => ({ labels: { kind: name === RETENTION_LEASE ? 'retention' : 'session' }, value: 1 })),
    );
  }

  holds(name: string): boolean {
    return this.#held.has(name) && !this.#isOver();
  }

  /** The session was created here, so its lease is held here. */
  created(name: string): void {
    this.#held = new Set([...this.#held, name]);
  }

  /** Resolves when everything that is free was taken. Rejects when the store fails. */
  async start(): Promise<void> {
    if (this.#stopping.signal.aborted) return;
    await this.#renew();
    await this.#acquire();
    this.#running ??= this.#run();
  }

  /** The same without waiting; a store that fails is asked again. */
  begin(): void {
    if (!this.#stopping.signal.aborted) this.#running ??= this.#run();
  }

  /** Gives up everything that is held. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    if (this.#running === null) return;
    await this.#running;
    this.#held = new Set();
    try {
      await this.#shell.store.releaseLeases();
    } catch (error) {
      this.#shell.logger.warn(describeError(error), 'leases could not be given up; they run out');
    }
  }

  async #run(): Promise<void> {
    const { store, clock, logger, leaseMs } = this.#shell;
    const unsubscribe = store.watch(({ released }) => {
      if (released === true) this.#bell.ring();
    });
    let failures = 0;
    while (!this.#stopping.signal.aborted) {
      try {
        if (clock.ownNow() - this.#renewedMs >= leaseMs / 3) await this.#renew();
        await this.#acquire();
        failures = 0;
      } catch (error) {
        failures += 1;
        if (isWorthTelling(failures))
          logger.warn({ ...describeError(error), failures }, 'leases cannot be renewed; it is tried again');
        if (this.#isOver()) this.#keep([], this.#held);
      }
      await this.#bell.wait(Math.min(POLL_MS, leaseMs / 3), this.#stopping.signal);
    }
    unsubscribe();
  }

  async #renew(): Promise<void> {
    const { store, clock, leaseMs, logger } = this.#shell;
    const askedMs = clock.ownNow();
    const { nowMs, held } = await store.renewLeases(leaseMs);
    const byMs = clock.adjust(nowMs, askedMs);
    if (Math.abs(byMs) >= JUMP_MS) {
      logger.warn(
        { byMs },
        `the clock of the store was set ${byMs > 0 ? 'forward' : 'back'}: deadlines and leases move with it`,
      );
    }
    const before = new Set([...this.#held].filter((name) => this.holds(name)));
    this.#renewedMs = askedMs;
    this.#keep(held, before);
  }

  async #acquire(): Promise<void> {
    const { store, metrics } = this.#shell;
    const taken = await store.acquireLeases();
    for (const { name, isOrphan } of taken) {
      if (name === RETENTION_LEASE || this.#held.has(name)) continue;
      metrics.count('blindsum_takeovers_total', { reason: isOrphan ? 'died' : 'stopped' });
    }
    if (taken.length > 0) this.#keep([...this.#held, ...taken.map(({ name }) => name)], this.#held);
  }

  /** @param before those that were held until now, and had not run out */
  #keep(names: readonly string[], before: ReadonlySet<string>): void {
    const lost = [...this.#held].filter((name) => !names.includes(name));
    this.#held = new Set(names);
    if (lost.length > 0) this.#hooks.onLost(lost);
    const taken = names.filter((name) => !before.has(name));
    if (taken.length > 0) this.#hooks.onTaken(taken);
  }

  #isOver(): boolean {
    return this.#shell.clock.ownNow() - this.#renewedMs >= this.#shell.leaseMs;
  }
}
