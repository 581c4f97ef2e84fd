// Files that are read again when they change and on SIGHUP: what cannot be used is refused, what was there stays.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepFresh } from '../../src/cli/reload.js';
import { silentLogger } from '../../src/coordinator/index.js';
import { readText } from '../../src/client/node/files.js';

let folder: string;
let stop: () => void = () => undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-reload-'));
});
afterEach(() => {
  stop();
  rmSync(folder, { recursive: true, force: true });
});

function watched() {
  const file = join(folder, 'value');
  writeFileSync(file, 'one');
  let value = 'one';
  const lines: [string, object][] = [];
  const write = (fields: object, message: string): void => void lines.push([message, fields]);
  const source = {
    what: 'a value',
    files: [file],
    reload() {
      const next = readText(file);
      if (next === 'bad') throw new Error('it is bad');
      value = next;
      return { value };
    },
  };
  stop = keepFresh([source], { ...silentLogger, info: write, error: write }, 20);
  const until = async (count: number): Promise<void> => {
    while (lines.length < count) await sleep(10);
  };
  return { file, lines, until, value: () => value };
}

test('a file that is written, and one that takes its place', async () => {
  const { file, lines, until, value } = watched();
  writeFileSync(file, 'second');
  await until(1);
  expect(value()).toBe('second');
  writeFileSync(join(folder, 'new'), 'third one');
  renameSync(join(folder, 'new'), file);
  await until(2);
  expect(value()).toBe('third one');
  expect(lines[1]).toEqual(['reloaded', { what: 'a value', value: 'third one' }]);
});

test('what is refused is told, and the old value stays, also when the file is gone', async () => {
  const { file, lines, until, value } = watched();
  writeFileSync(file, 'bad');
  await until(1);
  rmSync(file);
  await until(2);
  expect(value()).toBe('one');
  expect(lines.map(([message]) => message)).toEqual(
    Array(2).fill('not reloaded: what was read before stays in use'),
  );
  expect(lines[0]?.[1]).toEqual({ what: 'a value', reason: 'it is bad' });
});

test('SIGHUP reads at once, and nothing is read after the end', async () => {
  const before = process.listenerCount('SIGHUP');
  const { lines } = watched();
  process.emit('SIGHUP');
  expect(lines).toHaveLength(1);
  stop();
  expect(process.listenerCount('SIGHUP')).toBe(before);
});
