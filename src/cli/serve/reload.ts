/**
 * What a running coordinator reads again from its files: when they change, and on SIGHUP. What cannot be used is refused
 * with a line in the log and tried again, and what was read before stays in use.
 */
import { statSync } from 'node:fs';
import type { Logger } from '../../coordinator/index.js';
import { reasonOf } from '../errors.js';

export interface Reloadable {
  /** For the log. */
  readonly what: string;
  readonly files: readonly string[];
  /** `stateOf` the files, taken before they were read first: what changes while the process starts counts, too. */
  readonly readAs: string;
  /** Reads and takes over. @returns fields for the log @throws Error, and nothing has changed */
  reload(): object;
}

/** Files are looked at, not watched: they may be links into folders that are exchanged as a whole. */
const LOOK_MS = 1000;

/** @returns to be called when nothing is to be read any more */
export function keepFresh(sources: readonly Reloadable[], logger: Logger, lookMs = LOOK_MS): () => void {
  const kept = sources.map((source) => keep(source, logger));
  const timers = kept.map(({ look }) => setInterval(look, lookMs).unref());
  const onHangUp = (): void => kept.forEach(({ reload }) => reload());
  process.on('SIGHUP', onHangUp);
  return () => {
    process.off('SIGHUP', onHangUp);
    timers.forEach((timer) => clearInterval(timer));
  };
}

/**
 * What was refused is tried again at every look: the reason may be gone without a change of the files (a mount that was
 * away, a clock that was wrong). The log has one line for each failure of each state of the files.
 */
function keep(source: Reloadable, logger: Logger) {
  let good = source.readAs;
  let last = good;
  let told = new Set<string>();
  const reload = (state = stateOf(source.files), isAsked = true): void => {
    try {
      logger.info({ what: source.what, ...source.reload() }, 'reloaded');
      // As they were before they were read: what changes meanwhile is read again.
      good = state;
      told = new Set();
    } catch (error) {
      const reason = reasonOf(error);
      const failure = `${state} ${reason}`;
      if (isAsked || !told.has(failure))
        logger.error({ what: source.what, reason }, 'not reloaded: what was read before stays in use');
      told.add(failure);
    }
  };
  return {
    reload,
    /** Reads files that have changed and then stayed as they are for one more look. */
    look: (): void => {
      const now = stateOf(source.files);
      // A certificate and its key are two files, written one after the other.
      if (now !== good && now === last) reload(now, false);
      last = now;
    },
  };
}

export const stateOf = (files: readonly string[]): string => files.map(stateOfOne).join();

/**
 * Times alone are not enough: a file may be written twice within one of their ticks. That of the content is not enough
 * either: a copy may bring the time of its original.
 */
function stateOfOne(file: string): string {
  try {
    const { ctimeMs, size, ino } = statSync(file);
    return `${ctimeMs} ${size} ${ino}`;
  } catch {
    return 'gone';
  }
}

/** Those of several files that are given. */
export const filesOf = (files: object): string[] =>
  Object.values(files).filter((path): path is string => typeof path === 'string');
