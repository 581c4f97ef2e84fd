import { describe, expect, test } from '@jest/globals';
import { createMemoryStore } from '../../src/storage/memory.js';
import { storeConformance } from './conformance/index.js';
import { adder, change, from, openSession, party, record, signedOf, tally } from './fixtures.js';

storeConformance('memory', async () => {
  const store = createMemoryStore();
  return { store, dispose: () => store.close() };
});

describe('the memory store', () => {
  test('dates a transition by the injected clock', async () => {
    let time = 5000;
    const store = createMemoryStore({ now: () => time });
    const row = await openSession(store);
    time = 7001;
    await store.transition(row.id, from(row), change());
    expect((await store.getSession(row.id))?.phaseSinceMs).toBe(7001);
  });

  test('gives one hint per change and none for what it refused', async () => {
    const store = createMemoryStore();
    const row = await openSession(store, { phase: 'r2' });
    await Promise.resolve();
    let hints = 0;
    store.watch(() => (hints += 1));
    const header = record({ kind: 'r2' });
    const commit = { sender: header.sender, signed: header.signed, upload: tally(1, 2) };
    await store.putRecord(row.id, 'r2', header);
    await store.commitInput(row.id, commit, adder(2));
    expect(hints).toBe(2);
    await store.putRecord(row.id, 'r2', header);
    await store.putRecord(row.id, 'r2', { ...header, signed: signedOf('other') });
    await store.putRecord(row.id, 'r1', { ...header, sender: party(2) });
    await store.commitInput(row.id, commit, adder(2));
    await store.transition(row.id, { phase: 'r2', version: 9 }, change());
    await Promise.resolve();
    expect(hints).toBe(2);
  });

  test('hands the upload to the fold as it is, without a copy', async () => {
    const store = createMemoryStore();
    const row = await openSession(store, { phase: 'r2' });
    const header = record({ kind: 'r2' });
    await store.putRecord(row.id, 'r2', header);
    const upload = tally(1, 2);
    let given: Uint8Array | undefined;
    const fold = { ...adder(2), fold: (_: Uint8Array, bytes: Uint8Array) => void (given = bytes) };
    await store.commitInput(row.id, { sender: header.sender, signed: header.signed, upload }, fold);
    expect(given).toBe(upload);
  });

  test('gives all readers of a blob or an aggregate the same array', async () => {
    const store = createMemoryStore();
    await store.putBlob('aa', tally(1, 2));
    const row = await openSession(store);
    await store.transition(row.id, from(row), change({ aggregate: tally(2, 2) }));
    const readers = Array.from({ length: 100 }, () => [store.getBlob('aa'), store.readAggregate(row.id)]);
    expect(new Set(await Promise.all(readers.flat())).size).toBe(2);
  });

  test('refuses a fold of another length than the sum has', async () => {
    const store = createMemoryStore();
    const row = await openSession(store, { phase: 'r2' });
    const header = record({ kind: 'r2' });
    await store.putRecord(row.id, 'r2', header);
    const commit = { sender: header.sender, signed: header.signed, upload: tally(1, 2) };
    await store.commitInput(row.id, commit, adder(2));
    await expect(store.readSum(row.id, adder(3))).rejects.toThrow(RangeError);
  });
});
