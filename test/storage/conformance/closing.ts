/** A closed store does nothing more. */
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Store } from '../../../src/storage/port.js';
import { bytesOf, change, openSession, record } from '../fixtures.js';

export function closing(current: () => Store): void {
  describe('closing the store', () => {
    let store: Store;
    beforeEach(() => {
      store = current();
    });

    test('later operations reject; closing again does nothing', async () => {
      const { id } = await openSession(store);
      await store.close();
      await store.close();
      await expect(store.getSession(id)).rejects.toThrow();
      await expect(store.putRecord(id, 'r0', record())).rejects.toThrow();
      await expect(store.transition(id, { phase: 'r0', version: 0 }, change())).rejects.toThrow();
      await expect(store.putBlob('aa', bytesOf('a'))).rejects.toThrow();
    });
  });
}
