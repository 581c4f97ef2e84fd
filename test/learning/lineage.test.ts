/** Lineage: nobody feeds a participant models of their own choosing. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import {
  checkLineage,
  type LineageRecord,
  memoryLineage,
  type Offer,
  offered,
} from '../../src/learning/lineage.js';
import { fileLineage } from '../../src/learning/lineage-file.js';

const WITHOUT_INPUT = '{"a": {"step": 3, "attempt": 1, "offered": "third", "next": null}}';
const open: LineageRecord = { step: 3, attempt: 1, input: 'bytes', offered: 'third', next: null };
const summed: LineageRecord = { ...open, next: 'fourth' };
const strict = { maxAttempts: 2, allowMissedSteps: false };
const lenient = { ...strict, allowMissedSteps: true };

const offer = (step: number, attempt: number, digest: string, input = 'bytes'): Offer => ({
  step,
  attempt,
  digest,
  input,
});

const lineageError = (problem: string): Error =>
  expect.objectContaining({
    code: 'LINEAGE',
    fault: 'peer',
    message: expect.stringContaining(problem) as string,
  }) as Error;

describe('checkLineage', () => {
  test.each([
    ['the first model ever', null, offer(1, 1, 'x')],
    ['a training joined late', null, offer(7, 2, 'x')],
    ['the model that follows', summed, offer(4, 1, 'fourth')],
    ['its second attempt', summed, offer(4, 2, 'fourth')],
    ['the same once more, nothing having been summed', open, offer(3, 1, 'third')],
    ['the same at the next attempt', open, offer(3, 2, 'third', 'other bytes')],
    ['any next model, the last aggregate not having been seen', open, offer(4, 1, 'x')],
  ])('accepts %s', (_, record, offered) => {
    expect(() => checkLineage(record, offered, strict)).not.toThrow();
    expect(() => checkLineage(record, offered, lenient)).not.toThrow();
  });

  const later = { ...open, attempt: 2 };
  test.each([
    ['another model than the one that follows', summed, offer(4, 1, 'x'), 'does not follow'],
    ['a step that has been summed', summed, offer(3, 2, 'third'), 'has been summed'],
    ['another model for the same step', open, offer(3, 2, 'x'), 'another model'],
    ['the same attempt in other bytes', open, offer(3, 1, 'third', 'other bytes'), 'as other bytes'],
    ['an earlier step', open, offer(2, 1, 'x'), 'after step 3'],
    ['an earlier attempt', later, offer(3, 1, 'third'), 'after attempt 2'],
  ])('refuses %s, missed steps or not', (_, record, offered, problem) => {
    expect(() => checkLineage(record, offered, strict)).toThrow(lineageError(problem));
    expect(() => checkLineage(record, offered, lenient)).toThrow(lineageError(problem));
  });

  test.each([
    ['the last aggregate having been seen', summed, offer(5, 1, 'x')],
    ['the model that follows, under a later step', summed, offer(5, 1, 'fourth')],
    ['the last aggregate not having been seen', open, offer(5, 1, 'x')],
    ['many steps', open, offer(9, 2, 'x')],
  ])('refuses to skip steps unless that is allowed: %s', (_, record, offered) => {
    expect(() => checkLineage(record, offered, strict)).toThrow(lineageError('allowMissedSteps'));
    expect(() => checkLineage(record, offered, lenient)).not.toThrow();
  });

  test('attack: to one that sees every aggregate, the same weights for ever, two steps at a time', () => {
    const record: LineageRecord = { step: 1, attempt: 1, input: 'b1', offered: 'm1', next: 'm2' };
    for (let step = 3; step < 103; step += 2)
      expect(() => checkLineage(record, offer(step, 1, `m1 as step ${step}`), strict)).toThrow(
        lineageError('allowMissedSteps'),
      );
  });

  test.each([strict, lenient])('a step is accepted as no more inputs than attempts: %j', (rules) => {
    let record: LineageRecord | null = null;
    const inputs = new Set<string>();
    for (let i = 0; i < 20; i += 1) {
      for (const attempt of [2, 1, 3]) {
        const again = offer(5, i < 10 ? 1 : attempt, 'fifth', `bytes ${i}`);
        try {
          checkLineage(record, again, rules);
        } catch {
          continue;
        }
        record = offered(again);
        inputs.add(again.input);
      }
    }
    expect([...inputs]).toEqual(['bytes 0', 'bytes 10']);
  });

  test.each([null, open, summed])(
    'refuses more attempts than the policy accepts, whatever is known',
    (record) => {
      for (const rules of [strict, lenient])
        expect(() => checkLineage(record, offer(3, 3, 'third'), rules)).toThrow(
          expect.objectContaining({ code: 'BELOW_POLICY', fault: 'peer' }),
        );
      expect(() => checkLineage(null, offer(3, 3, 'third'), { ...strict, maxAttempts: 3 })).not.toThrow();
    },
  );

  test('an accepted offer is remembered as not summed', () => {
    expect(offered(offer(4, 2, 'fourth'))).toEqual({
      step: 4,
      attempt: 2,
      input: 'bytes',
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

  test.each(['', '[1]', '{"a": {"step": "3"}}', '{"a": null}', WITHOUT_INPUT])(
    'a file that is something else: %j',
    async (text) => {
      const path = join(folder, 'other.json');
      await writeFile(path, text);
      await expect(fileLineage(path).load('a')).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
    },
  );
});
