/** The log of the memory store, and the cosignatures of its heads. */
import { logEntryOf } from '../../protocol/transcript/log-entry.js';
import { copyBytes } from '../copy.js';
import type { SessionRow, Store } from '../port.js';
import { type Kept, sortedEntries } from './kept.js';

type Log = Pick<
  Store,
  'logSize' | 'readLog' | 'findLogged' | 'putCosignature' | 'readCosignatures' | 'findCosigned'
>;

/** @param row of a session that has just ended */
export function appendToLog({ data: { log } }: Kept, row: SessionRow): void {
  log.set(row.id, { index: log.size, entry: logEntryOf(row) });
}

export const log = (kept: Kept): Log => ({
  async logSize() {
    return kept.data.log.size;
  },

  async readLog(from, to) {
    return [...kept.data.log.values()].slice(from, to).map(({ entry }) => copyBytes(entry));
  },

  async findLogged(sessionId) {
    const found = kept.data.log.get(sessionId);
    return found ? { index: found.index, entry: copyBytes(found.entry) } : null;
  },

  async putCosignature({ size, witness, line }) {
    const { cosignatures } = kept.data;
    const ofSize = cosignatures.get(size) ?? new Map<string, never>();
    cosignatures.set(size, ofSize.set(witness, { size, witness, line }));
  },

  async readCosignatures(size) {
    return sortedEntries(kept.data.cosignatures.get(size) ?? new Map<string, never>()).map(([, row]) => row);
  },

  async findCosigned({ witnesses, count, from, to }) {
    const sizes = [...kept.data.cosignatures]
      .filter(
        ([size, by]) =>
          size >= from && size <= to && witnesses.filter((name) => by.has(name)).length >= count,
      )
      .map(([size]) => size);
    return sizes.length === 0 ? null : Math.max(...sizes);
  },
});
