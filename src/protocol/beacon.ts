/**
 * A public beacon (PROTOCOL §5.2): random values that are published at fixed times and that nobody knows or can choose
 * before. A ring made from one need not fear a coordinator that tries many rosters, if the roster was settled first.
 */
import type { Task } from './documents.js';
import { refuse } from './errors.js';
import type { Opening } from './statements.js';

/** As a participant's trust file names it, and no coordinator. */
export interface BeaconChain {
  /** Which beacon: hash of the chain, 64 hexadecimal digits. */
  readonly chain: string;
  /** When round 1 was published, milliseconds since 1970. */
  readonly genesisMs: number;
  readonly periodMs: number;
}

/** One value of a beacon, in whose signature the source believes. */
export interface BeaconValue {
  readonly round: number;
  /** 32 bytes. */
  readonly randomness: Uint8Array;
}

/** Where values come from; for each party one of its own choice. */
export interface BeaconSource {
  readonly chain: BeaconChain;
  /** Null while it is not published, or not there. @throws BlindsumError UNREADABLE_FILE (fault caller) */
  value(round: number, signal: AbortSignal): Promise<BeaconValue | null>;
}

/** Digits of the chain's hash that a task names. */
const CHAIN_DIGITS = 32;
const EXTENSION = /^ring:beacon:[0-9a-f]{32}$/;
const ROUND = /^beacon:([1-9][0-9]{0,14})$/;

/** Critical extension of a task whose rings come from this beacon. */
export const beaconExtension = (chain: string): string => `ring:beacon:${chain.slice(0, CHAIN_DIGITS)}`;

/** The extension by which the task names its beacon; null when it has none. */
export const beaconOf = ({ critical }: Pick<Task, 'critical'>): string | null =>
  critical.find((name) => EXTENSION.test(name)) ?? null;

/** Critical extension of an opening whose ring comes from this round. */
export const roundExtension = (round: number): string => `beacon:${round}`;

export const publishedMs = ({ genesisMs, periodMs }: BeaconChain, round: number): number =>
  genesisMs + (round - 1) * periodMs;

/** The first round that is published at or after `ms`. */
export const firstRoundFrom = ({ genesisMs, periodMs }: BeaconChain, ms: number): number =>
  Math.max(1, Math.ceil((ms - genesisMs) / periodMs) + 1);

/**
 * The round that the opening of a task names: exactly one if the task has a beacon, else none.
 * @throws BlindsumError UNSUPPORTED (fault peer): it names something else
 */
export function namedRound(task: Pick<Task, 'critical'>, opening: Pick<Opening, 'critical'>): number | null {
  const rounds = opening.critical.map((name) => Number(ROUND.exec(name)?.[1] ?? NaN));
  const wanted = beaconOf(task) === null ? 0 : 1;
  if (rounds.length !== wanted || rounds.some(Number.isNaN)) {
    refuse('UNSUPPORTED', 'peer', 'the opening needs extensions or key types this version does not know');
  } // check: A3b
  return rounds[0] ?? null;
}

/** @throws BlindsumError UNSUPPORTED (fault caller): the task's beacon is not the one that this party trusts */
export function requireChain(task: Pick<Task, 'critical'>, chain: BeaconChain | null): BeaconChain {
  if (chain === null || beaconExtension(chain.chain) !== beaconOf(task)) {
    refuse(
      'UNSUPPORTED',
      'caller',
      `the task makes its ring from the beacon ${beaconOf(task)?.split(':')[2] ?? ''}…, which is not configured here: name it under beacon, with a source of its values`,
    );
  } // check: A3b
  return chain;
}

/**
 * The roster counts as settled before the beacon only if it was received a period or more before the round was published,
 * by the own clock, which may be a little behind.
 * @throws BlindsumError STALE_ROSTER (fault environment): the roster was late, or the own clock is wrong
 */
export function requireSettled(chain: BeaconChain, round: number, seenMs: number): void {
  if (seenMs + chain.periodMs <= publishedMs(chain, round)) return;
  refuseStale(round); // check: A3b
}

export function refuseStale(round: number): never {
  refuse(
    'STALE_ROSTER',
    'environment',
    `the roster came when round ${round} of the beacon was public already, or all but; or the clock of this machine is wrong`,
  );
}
