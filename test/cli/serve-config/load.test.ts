// The secrets that a configuration names: read from files only, and a word when others can read them, too.
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { loadConfig } from '../../../src/cli/serve-config/index.js';
import { readTokens } from '../../../src/cli/serve/token-files.js';

const folder = mkdtempSync(join(tmpdir(), 'blindsum-config-'));
const file = (name: string): string => join(folder, name);
const FILES = {
  tls: { certificate: 'server.pem', key: 'server.key' },
  coordinatorKey: 'coordinator.key',
  organiser: 'organiser.pub',
  operatorTokenFile: 'operator.token',
};

beforeAll(() => loadConfig({ dev: folder, listen: '127.0.0.1:0' }, {}));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const load = (more: object = {}, environment = {}, flags = {}) => {
  writeFileSync(file('blindsum.yaml'), stringify({ ...FILES, ...more }));
  return loadConfig({ config: file('blindsum.yaml'), ...flags }, environment);
};

test('the folder that --dev fills makes the same configuration as a file that names what is in it', async () => {
  const dev = await loadConfig({ dev: folder }, {});
  const config = await load();
  expect({ ...dev, store: null }).toEqual({ ...config, store: null });
  expect(dev.store).toEqual({ kind: 'sqlite', folder });
  expect(config.store).toEqual({ kind: 'sqlite', folder: file('data') });
  expect(config.warnings).toEqual([]);
});

test('--insecure needs no TLS, anything else does', async () => {
  expect((await load({ tls: undefined }, {}, { insecure: true })).tls).toBeNull();
  expect((await load()).tls?.key).toBe(file('server.key'));
  await expect(load({ tls: undefined })).rejects.toThrow('tls is missing');
});

test('durations and limits arrive in their units', async () => {
  const config = await load({ session: { join: '2m' }, limits: { uploadMiB: 2, requestSeconds: 5 } });
  expect(config).toMatchObject({ joinMs: 120_000, roundMs: 60_000 });
  expect(config.limits.coordinator.maxUploadBytes).toBe(2 ** 21);
  expect(config.limits.server.requestMs).toBe(5000);
});

test('threads are those of the machine unless a number of them is given', async () => {
  expect((await load()).threads).toBeUndefined();
  expect((await load({ threads: 3 })).threads).toBe(3);
  expect((await load({}, { BLINDSUM_SERVE_THREADS: '1' })).threads).toBe(1);
  for (const threads of [0, 65, 1.5, 'all']) await expect(load({ threads })).rejects.toThrow('threads: ');
});

test('nothing is deleted by itself unless a time is given', async () => {
  expect([(await load()).escrow, (await load({ escrow: 'on' })).escrow]).toEqual([false, true]);
  await expect(load({ escrow: 'yes' })).rejects.toThrow('escrow: ');
  expect((await load()).retentionMs).toBe(Infinity);
  expect((await load({ retention: '30d' })).retentionMs).toBe(30 * 86_400_000);
  await expect(load({ retention: '999ms' })).rejects.toThrow('retention: a duration of at least 1s');
});

test('traces are off unless a collector is named, and its address holds no secret', async () => {
  expect((await load()).tracing).toEqual({ endpoint: null, sampleRatio: 1 });
  const { tracing } = await load({ tracing: { endpoint: 'http://collector:4318', sampleRatio: 0.1 } });
  expect(tracing).toEqual({ endpoint: 'http://collector:4318', sampleRatio: 0.1 });
  for (const endpoint of [
    'collector:4318',
    'ftp://collector',
    'http://u:hunter2@collector:4318',
    'https://collector/?token=hunter2',
  ]) {
    const error: unknown = await load({ tracing: { endpoint } }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'BAD_CONFIG' });
    expect((error as Error).message).toMatch(/blindsum\.yaml:\d+: tracing\.endpoint: http:/);
    expect((error as Error).message).not.toContain('hunter2');
  }
  await expect(load({ tracing: { sampleRatio: 1.5 } })).rejects.toThrow('tracing.sampleRatio: ');
  await expect(load({ tracing: { endpint: 'off' } })).rejects.toThrow('do you mean tracing.endpoint?');
});

test('the password of the database comes from a file', async () => {
  writeFileSync(file('store.password'), 'p@ss/w ord\n', { mode: 0o600 });
  const more = { store: 'postgres://u@db:5433/x', storePasswordFile: 'store.password' };
  const { store } = await load(more);
  expect(new URL((store as { url: string }).url).searchParams.get('password')).toBe('p@ss/w ord');
  await expect(load({ ...more, store: 'postgres://u:other@db/x' })).rejects.toThrow('has a password already');
  await expect(load({ ...more, store: undefined })).rejects.toThrow('is no PostgreSQL database');
  writeFileSync(file('store.password'), '\n');
  await expect(load(more)).rejects.toThrow('storePasswordFile: ');
});

test.each(['mysql://u:hunter2@db/x', 'postgres://u:hun%ter2@[db/x', 'postgres://u:hunter2#x@db:y/x'])(
  'a store that is none is refused without its password: %s',
  async (store) => {
    const refusal = await load({ store }).then(
      () => null,
      (error: Error & { code: string }) => error,
    );
    expect(refusal?.code).toBe('BAD_CONFIG');
    expect(refusal?.message).not.toMatch(/hun/);
  },
);

test('files that others can read are named', async () => {
  for (const name of ['server.key', 'coordinator.key', 'operator.token']) {
    chmodSync(file(name), 0o644);
    expect((await load()).warnings).toEqual([
      expect.stringContaining(`${file(name)}: others on this machine`),
    ]);
    chmodSync(file(name), 0o600);
  }
});

test('a configuration with the password of the database in it is a secret, too', async () => {
  const config = file('blindsum.yaml');
  const warningsOf = async (mode: number, store: string, environment = {}) => {
    chmodSync(config, mode);
    return (await load({ store }, environment)).warnings;
  };
  const secret = 'postgres://u:hunter2@db/x';
  const [warning, ...more] = await warningsOf(0o644, secret);
  expect(more).toEqual([]);
  expect(warning).toMatch(/blindsum\.yaml: others on this machine can read it; .* has a password/);
  expect(warning).not.toContain('hunter2');
  expect(await warningsOf(0o644, 'postgres://u@db/x?password=hunter2')).toEqual([warning]);
  expect(await warningsOf(0o600, secret)).toEqual([]);
  expect(await warningsOf(0o644, 'postgres://u@db/x')).toEqual([]);
  expect(await warningsOf(0o644, 'memory', { BLINDSUM_SERVE_STORE: secret })).toEqual([]);
});

test('no operator, and files that are not there', async () => {
  const none = { operatorTokenFile: undefined };
  await expect(load(none)).rejects.toThrow(/operatorTokens is missing.*blindsum token create/);
  await expect(load({ coordinatorKey: 'none.key' })).rejects.toMatchObject({ code: 'UNREADABLE_FILE' });
  const { operatorTokens } = await load({ ...none, operatorTokens: 'tokens' });
  expect(() => readTokens(operatorTokens)).toThrow(/no such file.*blindsum token create .* --add .*tokens$/);
});

test('tokens of both files are good; a token that is too short is none', async () => {
  writeFileSync(file('tokens'), `alice sha256:${'a'.repeat(64)}\n`, { mode: 0o600 });
  const both = readTokens((await load({ operatorTokens: 'tokens' })).operatorTokens);
  expect(both.map(({ name }) => name)).toEqual(['alice', 'operator']);
  writeFileSync(file('short.token'), 'abc\n', { mode: 0o600 });
  const { operatorTokens } = await load({ operatorTokenFile: 'short.token' });
  expect(() => readTokens(operatorTokens)).toThrow(/short\.token: .*at least 32 random characters/);
  writeFileSync(file('tokens'), `${'a'.repeat(43)}\n`);
  expect(() => readTokens({ list: file('tokens'), single: undefined })).toThrow(
    /tokens: line 1: expected a name/,
  );
});
