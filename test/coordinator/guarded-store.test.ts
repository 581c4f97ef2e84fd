// A store that fails: what callers are told, what the log says, and that no session is given up for it.
import { expect, test } from '@jest/globals';
import { guardedStore } from '../../src/coordinator/guarded-store.js';
import { silentLogger } from '../../src/coordinator/logger.js';
import { UploadStage } from '../../src/coordinator/upload-stage.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { createMemoryStore } from '../../src/storage/memory.js';
import { storeWith } from '../helpers/store-with.js';
import { manualClock } from './manual-clock.js';

const failing = () => Promise.reject(new Error('disk full'));

test('every failure is STORE_FAILED; the log has a line at once and then one in a while, which counts the others', async () => {
  const clock = manualClock();
  const lines: object[] = [];
  const logger = { ...silentLogger, error: (fields: object) => void lines.push(fields) };
  const store = guardedStore(storeWith(createMemoryStore(), { getSession: failing }), { clock, logger });
  const look = () => expect(store.getSession('00')).rejects.toMatchObject({ code: 'STORE_FAILED' });
  for (let i = 0; i < 3; i += 1) await look();
  expect(lines).toEqual([{ operation: 'getSession', error: 'Error: disk full', unsaid: 0 }]);
  await clock.advance(5000);
  await look();
  expect(lines.slice(1)).toEqual([{ operation: 'getSession', error: 'Error: disk full', unsaid: 2 }]);
  expect(await store.listTasks()).toEqual([]);
});

test('an upload that the store failed to take stays where it is staged; one that it refused does not', async () => {
  const stage = new UploadStage(manualClock(), { budgetBytes: 100 });
  const commitWith = (code: 'STORE_FAILED' | 'LATE') =>
    expect(
      stage.commit('s', 'a', () => Promise.reject(new BlindsumError(code, 'environment', 'no'))),
    ).rejects.toMatchObject({ code });
  stage.begin('s', 'a', [3]);
  stage.append('s', 'a', 0, Uint8Array.of(1, 2, 3));
  await commitWith('STORE_FAILED');
  expect(stage.begin('s', 'a', [3])).toEqual({ nextOffset: 3 });
  await commitWith('LATE');
  expect(stage.begin('s', 'a', [3])).toEqual({ nextOffset: 0 });
});
