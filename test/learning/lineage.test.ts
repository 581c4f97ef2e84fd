/** Lineage: nobody feeds a participant models of their own choosing. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { checkLineage, type LineageRecord, memoryLineage, offered } from '../../src/learning/lineage.js';
import { fileLineage } from '../../src/learning/lineage-file.js';

const open: LineageRecord = { step: 3, attempt: 1, offered: 'third', next: null };
const summed: LineageRecord = { ...open, next: 'fourth' };

describe('checkLineage', () => {
  test.each([
    ['the first model ever', null, { step: 1, attempt: 1, digest: 'x' }],
    ['a training joined late', null, { step: 7, attempt: 2, digest: 'x' }],
    ['the model that follows', summed, { step: 4, attempt: 1, digest: 'fourth' }],
    ['its second attempt', summed, { step: 4, attempt: 2, digest: 'fourth' }],
    ['the same once more, nothing having been summed', open, { step: 3, attempt: 1, digest: 'third' }],
    ['the same at the next attempt', open, { step: 3, attempt: 2, digest: 'third' }],
    ['a later model, the last aggregate not having been seen', open, { step: 4, attempt: 1, digest: 'x' }],
    ['a later model, steps having been missed', summed, { step: 6, attempt: 1, digest: 'x' }],
  ])('accepts %s', (_, record, offer) => {
    expect(() => checkLineage(record, offer, 2)).not.toThrow();
  });

  test.each([
    [
      'another model than the one that follows',
      summed,
      { step: 4, attempt: 1, digest: 'x' },
      'does not follow',
    ],
    ['a step that has been summed', summed, { step: 3, attempt: 2, digest: 'third' }, 'has been summed'],
    ['another model for the same step', open, { step: 3, attempt: 2, digest: 'x' }, 'another model'],
    ['an earlier step', open, { step: 2, attempt: 1, digest: 'x' }, 'after step 3'],
    [
      'an earlier attempt',
      { ...open, attempt: 2 },
      { step: 3, attempt: 1, digest: 'third' },
      'after attempt 2',
    ],
  ])('refuses %s', (_, record, offer, problem) => {
    expect(() => checkLineage(record, offer, 2)).toThrow(
      expect.objectContaining({
        code: 'LINEAGE',
        fault: 'peer',
        message: expect.stringContaining(problem) as string,
      }),
    );
  });

  test.each([null, open, summed])(
    'refuses more attempts than the policy accepts, whatever is known',
    (record) => {
      expect(() => checkLineage(record, { step: 3, attempt: 3, digest: 'third' }, 2)).toThrow(
        expect.objectContaining({ code: 'BELOW_POLICY', fault: 'peer' }),
      );
      expect(() => checkLineage(null, { step: 3, attempt: 3, digest: 'third' }, 3)).not.toThrow();
    },
  );

  test('an accepted offer is remembered as not summed', () => {
    expect(offered({ step: 4, attempt: 2, digest: 'fourth' })).toEqual({
      step: 4,
      attempt: 2,
      offered: 'fourth',
      next: null,
    });
  });
});

describe('stores', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lineage-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('in memory: one record per task', async () => {
    const store = memoryLineage();
    await store.save('a', open);
    expect(await store.load('a')).toEqual(open);
    expect(await store.load('b')).toBeNull();
  });

  test('in a file: still there after a restart', async () => {
    const path = join(folder, 'lineage.json');
    const store = fileLineage(path);
    expect(await store.load('a')).toBeNull();
    await store.save('a', open);
    await store.save('b', summed);
    const after = fileLineage(path);
    expect([await after.load('a'), await after.load('b')]).toEqual([open, summed]);
  });

  test.each(['', '[1]', '{"a": {"step": "3"}}', '{"a": null}'])(
    'a file that is something else: %j',
    async (text) => {
      const path = join(folder, 'other.json');
      await writeFile(path, text);
      await expect(fileLineage(path).load('a')).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
    },
  );
});
