/** refusals.json as a participant meets it: the real rounds refuse every case with the code it names, and the bases not. */
import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { toHex } from '../../../crypto/index.js';
import { type Base, type Case, patched } from './refusals/case.js';
import { replay } from './refusals/replay.js';

const file = JSON.parse(readFileSync(new URL('../../vectors/refusals.json', import.meta.url), 'utf8')) as {
  bases: Readonly<Record<string, Base>>;
  cases: readonly (Case & { sends?: { payload: string; signature: string } })[];
};

const baseOf = (name: string): Base => {
  const base = file.bases[name];
  if (base === undefined) throw new Error(`no base ${name}`);
  return base;
};

test.each(Object.keys(file.bases))('nothing is refused of the base "%s"', async (name) => {
  expect(await replay(baseOf(name))).toMatchObject({ code: null });
});

describe.each(Object.keys(file.bases))('%s', (name) => {
  const cases = file.cases.filter(({ base }) => base === name);
  test.each(cases)('$check: $what', async ({ patch, code, sends }) => {
    const outcome = await replay(patched(baseOf(name) as never, patch));
    expect(outcome.code).toBe(code);
    if (sends !== undefined) {
      expect(outcome.sends && { payload: toHex(outcome.sends.payload) }).toEqual({ payload: sends.payload });
      expect(toHex(outcome.sends?.signature ?? new Uint8Array())).toBe(sends.signature);
    }
  });
});

test('every case is of a base, and no two are the same', () => {
  for (const { base } of file.cases) baseOf(base);
  const changes = file.cases.map(({ base, patch }) => JSON.stringify([base, patch]));
  expect(new Set(changes).size).toBe(file.cases.length);
});
