/**
 * A11 in training: sums over nearly the same models and different sets could single somebody out. A participant follows
 * one line of models, at each step in a bounded number of attempts, and does not lose the thread with its process.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { checkLineage, type LineageRecord, type Offer, offered } from '../../src/learning/lineage.js';
import { fileLineage } from '../../src/learning/lineage-file.js';
import { codeOf } from '../helpers/protocol.js';

const rules = { maxAttempts: 2, allowMissedSteps: false };
const offer = (changes: Partial<Offer> = {}): Offer => ({
  step: 5,
  attempt: 1,
  digest: 'the model',
  input: 'its bytes',
  ...changes,
});
const open = offered(offer());
const summed: LineageRecord = { ...open, next: 'the next model' };
const check = (record: LineageRecord | null, given: Offer, more: Partial<typeof rules> = {}) =>
  codeOf(() => checkLineage(record, given, { ...rules, ...more }));

test('A11 every attempt is a new scope, hence a new vote: there are as many as the policy says', () => {
  expect(check(open, offer({ attempt: 2, input: 'other bytes' }))).toBe(null);
  expect(check(open, offer({ attempt: 3, input: 'other bytes' }))).toBe('BELOW_POLICY');
  expect(check(null, offer({ attempt: 3 }))).toBe('BELOW_POLICY');
  expect(check(open, offer({ attempt: 3, input: 'other bytes' }), { maxAttempts: 3 })).toBe(null);
});

test('A11 one attempt has one input: the same model in other bytes would be another scope', () => {
  expect(check(open, offer())).toBe(null);
  expect(check(open, offer({ input: 'other bytes' }))).toBe('LINEAGE');
});

test('A11 a step that was summed is not summed over another set', () => {
  expect(check(summed, offer())).toBe('LINEAGE');
  expect(check(summed, offer({ attempt: 2, input: 'other bytes' }))).toBe('LINEAGE');
});

test('A11 a step has one model, and a step back has none', () => {
  expect(check(open, offer({ attempt: 2, digest: 'a model nearby' }))).toBe('LINEAGE');
  expect(check(open, offer({ step: 4 }))).toBe('LINEAGE');
  expect(check({ ...open, attempt: 2 }, offer())).toBe('LINEAGE');
});

test('A11 the next model is the one that follows from the sum', () => {
  expect(check(summed, offer({ step: 6, digest: 'the next model' }))).toBe(null);
  expect(check(summed, offer({ step: 6, digest: 'a model nearby' }))).toBe('LINEAGE');
});

test('A11 a jump over steps, after which nothing can be compared, needs the consent of the application', () => {
  expect(check(summed, offer({ step: 7 }))).toBe('LINEAGE');
  expect(check(summed, offer({ step: 7 }), { allowMissedSteps: true })).toBe(null);
});

const folder = mkdtempSync(join(tmpdir(), 'blindsum-a11-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('A11 a restarted participant knows which model has to come next', async () => {
  const path = join(folder, 'lineage.json');
  await fileLineage(path).save('task', summed);
  const record = await fileLineage(path).load('task');
  expect(check(record, offer({ step: 6, digest: 'a model nearby' }))).toBe('LINEAGE');
});

test('A11 a lineage file that lacks a part would let any model through: it is refused', async () => {
  const path = join(folder, 'damaged.json');
  for (const part of ['step', 'attempt', 'input', 'offered', 'next']) {
    writeFileSync(path, JSON.stringify({ task: { ...summed, [part]: undefined } }));
    await expect(fileLineage(path).load('task')).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  }
});
