// Files that are read again when they change and on SIGHUP: what cannot be used is refused, what was there stays.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keepFresh, stateOf } from '../../src/cli/serve/reload.js';
import { reloadableTls } from '../../src/cli/serve/tls-files.js';
import { createDevTls } from '../../src/coordinator/tls.js';
import { silentLogger } from '../../src/coordinator/index.js';
import { readText } from '../../src/client/node/files.js';
import { until } from '../helpers/until.js';

let folder: string;
let stop: () => void = () => undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-reload-'));
});
afterEach(() => {
  stop();
  rmSync(folder, { recursive: true, force: true });
});

function watched(meanwhile = (_file: string): void => undefined) {
  const file = join(folder, 'value');
  writeFileSync(file, 'one');
  const readAs = stateOf([file]);
  let value = 'one';
  let attempts = 0;
  let problem: string | null = null;
  meanwhile(file);
  const lines: [string, object][] = [];
  const write = (fields: object, message: string): void => void lines.push([message, fields]);
  const source = {
    what: 'a value',
    files: [file],
    readAs,
    reload() {
      attempts += 1;
      const next = readText(file);
      if (problem !== null) throw new Error(problem);
      if (next === 'bad') throw new Error('it is bad');
      value = next;
      return { value };
    },
  };
  stop = keepFresh([source], { ...silentLogger, info: write, error: write }, 20);
  const told = (count: number): Promise<void> => until(() => lines.length >= count);
  const tries = async (more: number): Promise<void> => {
    const end = attempts + more;
    await until(() => attempts >= end);
  };
  const trouble = (text: string | null): void => void (problem = text);
  return { file, lines, told, tries, trouble, value: () => value };
}

test('a file that is written, and one that takes its place', async () => {
  const { file, lines, told, value } = watched();
  writeFileSync(file, 'second');
  await told(1);
  expect(value()).toBe('second');
  writeFileSync(join(folder, 'new'), 'third one');
  renameSync(join(folder, 'new'), file);
  await told(2);
  expect(value()).toBe('third one');
  expect(lines[1]).toEqual(['reloaded', { what: 'a value', value: 'third one' }]);
});

test('a file that changed after it was read and before anybody looked', async () => {
  const { told, value } = watched((file) => writeFileSync(file, 'two'));
  await told(1);
  expect(value()).toBe('two');
});

test('a copy that brings the time of its original', async () => {
  const copy = (file: string, text: string): void => {
    writeFileSync(file, text);
    utimesSync(file, 1e9, 1e9);
  };
  const { file, told, value } = watched((path) => copy(path, 'one'));
  await told(1);
  copy(file, 'two');
  await told(2);
  expect(value()).toBe('two');
});

test('what is refused is told, and the old value stays, also when the file is gone', async () => {
  const { file, lines, told, value } = watched();
  writeFileSync(file, 'bad');
  await told(1);
  rmSync(file);
  await told(2);
  expect(value()).toBe('one');
  expect(lines.map(([message]) => message)).toEqual(
    Array(2).fill('not reloaded: what was read before stays in use'),
  );
  expect(lines[0]?.[1]).toEqual({ what: 'a value', reason: 'it is bad' });
});

test('what was refused is tried again without a change, and each failure is told once', async () => {
  const { file, lines, told, tries, trouble, value } = watched();
  trouble('the disk is away');
  writeFileSync(file, 'two');
  await tries(4);
  trouble('the clock is wrong');
  await tries(4);
  trouble('the disk is away');
  await tries(4);
  expect(lines.map(([, fields]) => fields)).toEqual([
    { what: 'a value', reason: 'the disk is away' },
    { what: 'a value', reason: 'the clock is wrong' },
  ]);
  process.emit('SIGHUP');
  expect(lines).toHaveLength(3);
  trouble(null);
  await told(4);
  expect([lines[3], value()]).toEqual([['reloaded', { what: 'a value', value: 'two' }], 'two']);
  // The same failure after it was well in between is another one.
  trouble('the disk is away');
  writeFileSync(file, 'three');
  await tries(3);
  expect(lines.slice(4)).toEqual([[expect.stringMatching(/^not reloaded/), expect.anything()]]);
});

test('what was read well is not read again, also when it was asked for', async () => {
  const { file, lines, told } = watched();
  writeFileSync(file, 'two');
  process.emit('SIGHUP');
  await told(1);
  await sleep(100);
  expect(lines).toHaveLength(1);
});

test('SIGHUP reads at once, and nothing is read after the end', async () => {
  const before = process.listenerCount('SIGHUP');
  const { lines } = watched();
  process.emit('SIGHUP');
  expect(lines).toHaveLength(1);
  stop();
  expect(process.listenerCount('SIGHUP')).toBe(before);
});

test('a key of another certificate is refused, and both files are named', async () => {
  const [pair, other] = await Promise.all([createDevTls([]), createDevTls([])]);
  const [certificate, key] = [join(folder, 'cert'), join(folder, 'key')];
  writeFileSync(certificate, pair.certPem);
  writeFileSync(key, other.keyPem);
  let taken = 0;
  const source = reloadableTls({ certificate, key, clientCa: undefined }, '', () => void (taken += 1));
  expect(() => source.reload()).toThrow(`${key} is not the private key of ${certificate}`);
  writeFileSync(key, pair.keyPem);
  source.reload();
  expect(taken).toBe(1);
});

test('a CA of client certificates that is cut off is refused: it would let in nobody', async () => {
  const { certPem, keyPem, caPem } = await createDevTls([]);
  const [certificate, key, clientCa] = [join(folder, 'cert'), join(folder, 'key'), join(folder, 'ca')];
  writeFileSync(certificate, certPem);
  writeFileSync(key, keyPem);
  writeFileSync(clientCa, caPem);
  let taken = 0;
  const source = reloadableTls({ certificate, key, clientCa }, '', () => void (taken += 1));
  source.reload();
  writeFileSync(clientCa, caPem.slice(0, 200));
  expect(() => source.reload()).toThrow(`${clientCa}: is not a PEM certificate`);
  expect(taken).toBe(1);
});
