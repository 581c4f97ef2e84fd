/** `doctor` on both sides of a coordinator that runs, and on what is wrong with one that cannot. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Check } from '../../src/cli/doctor/checks.js';
import { startMonitoring } from '../../src/cli/serve/monitoring.js';
import { createDevTls } from '../../src/coordinator/tls.js';
import { type DevCoordinator, run, serveDev } from '../helpers/cli.js';

const folder = mkdtempSync(join(tmpdir(), 'blindsum-doctor-'));
const file = (name: string): string => join(folder, name);
let coordinator: DevCoordinator;
beforeAll(async () => {
  coordinator = await serveDev(folder);
});
afterAll(async () => {
  await coordinator.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function doctor(args: readonly string[], env = {}): Promise<{ code: number | null; checks: Check[] }> {
  const { code, stdout } = await run(['doctor', '--json', ...args], { cwd: folder, env });
  return { code, checks: JSON.parse(stdout) as Check[] };
}
const found = (checks: readonly Check[], name: string) =>
  checks
    .filter((check) => check.name === name)
    .map(({ status, message }) => `${status}: ${message}`)
    .join('\n');

describe('the way to a coordinator', () => {
  test('all is well', async () => {
    const { code, checks } = await doctor([], coordinator.env);
    expect(checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(checks.map(({ name }) => name)).toEqual([
      'versions',
      'trust',
      `coordinator ${coordinator.address}`,
      'clock',
      'token',
    ]);
    expect(code).toBe(0);
  });

  test('another key, another CA, another token, nobody there', async () => {
    const trust = readFileSync(file('dev/trust.yaml'), 'utf8');
    const other = await createDevTls([]);
    writeFileSync(file('dev/other.pem'), other.caPem);
    writeFileSync(file('dev/ca.yaml'), trust.replace('ca.pem', 'other.pem'));
    const organiser = /organiser: (\w+)/.exec(trust)?.[1] ?? '';
    writeFileSync(file('dev/key.yaml'), trust.replace(/coordinator: \w+/, `coordinator: ${organiser}`));
    writeFileSync(file('wrong.token'), `${'x'.repeat(43)}\n`, { mode: 0o600 });
    const name = `coordinator ${coordinator.address}`;
    const ca = await doctor(['--trust', 'dev/ca.yaml'], coordinator.env);
    expect([ca.code, found(ca.checks, name)]).toEqual([1, expect.stringMatching(/^fail: TLS_MISMATCH/)]);
    const key = await doctor(['--trust', 'dev/key.yaml'], coordinator.env);
    expect([key.code, found(key.checks, name)]).toEqual([
      1,
      expect.stringMatching(/^fail: WRONG_COORDINATOR/),
    ]);
    const asked = await run(['session', 'list', '--trust', 'dev/key.yaml'], {
      cwd: folder,
      env: coordinator.env,
    });
    expect([asked.code, asked.stdout, asked.stderr]).toEqual([
      1,
      '',
      expect.stringContaining('WRONG_COORDINATOR'),
    ]);
    const token = await doctor(['--token-file', 'wrong.token'], coordinator.env);
    expect([token.code, found(token.checks, 'token')]).toEqual([
      1,
      expect.stringContaining('not the right one'),
    ]);
    const none = await doctor(['--coordinator', '127.0.0.1:1'], coordinator.env);
    expect(found(none.checks, 'coordinator 127.0.0.1:1')).toMatch(/^fail: UNREACHABLE/);
  });
});

describe('a coordinator', () => {
  const CONFIG = `listen: 127.0.0.1:0
tls: { certificate: dev/server.pem, key: dev/server.key }
coordinatorKey: dev/coordinator.key
organiser: dev/organiser.pub
operatorTokenFile: dev/operator.token
data: dev
`;
  const check = (more = '', environment = {}) => {
    writeFileSync(file('blindsum.yaml'), CONFIG + more);
    return doctor(['--config', 'blindsum.yaml'], environment);
  };

  test('that runs: the store is in use, and so is its port, by itself', async () => {
    const { code, checks } = await check('', { BLINDSUM_SERVE_LISTEN: coordinator.address });
    expect(checks.filter(({ status }) => status === 'fail')).toEqual([]);
    expect(found(checks, 'store')).toContain('is in use by a running coordinator');
    expect(found(checks, 'listen')).toBe(`ok: ${coordinator.address} is in use by this coordinator`);
    expect(found(checks, 'tls')).toMatch(/ok: the certificate for .*localhost.*\nok: the key belongs/);
    expect(code).toBe(0);
  });

  test('that runs and has not taken the certificate in the files; one with another key', async () => {
    const made = await createDevTls([]);
    writeFileSync(file('next.pem'), made.certPem);
    writeFileSync(file('next.key'), made.keyPem, { mode: 0o600 });
    const next = {
      BLINDSUM_SERVE_LISTEN: coordinator.address,
      BLINDSUM_SERVE_TLS_CERTIFICATE: 'next.pem',
      BLINDSUM_SERVE_TLS_KEY: 'next.key',
    };
    const { code, checks } = await check('', next);
    const by = `${coordinator.address} is in use by`;
    expect([code, found(checks, 'listen')]).toEqual([
      0,
      expect.stringContaining(
        `warn: ${by} this coordinator, with another certificate than ${file('next.pem')}`,
      ),
    ]);
    await run(['keygen', '--out', 'other-coordinator.key'], { cwd: folder });
    const other = await check('', { ...next, BLINDSUM_SERVE_COORDINATOR_KEY: 'other-coordinator.key' });
    expect([other.code, found(other.checks, 'listen')]).toEqual([
      1,
      `fail: ${by} a coordinator with another key`,
    ]);
  });

  test('the port of its metrics: free, its own, of another coordinator, of another program', async () => {
    const monitoring = await startMonitoring('127.0.0.1:0');
    const other = createServer((socket) => socket.end('hello\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const at = async (metrics: string, listen = coordinator.address) => {
      const { checks } = await check('', {
        BLINDSUM_SERVE_LISTEN: listen,
        BLINDSUM_SERVE_METRICS_LISTEN: metrics,
      });
      return found(checks, 'metrics.listen');
    };
    const address = monitoring.address as string;
    try {
      expect(await at(address)).toBe(`ok: ${address} is in use by this coordinator`);
      expect(await at(address, '127.0.0.1:0')).toBe(`fail: ${address} is in use by another coordinator`);
      expect(await at(`127.0.0.1:${port}`)).toBe(`fail: 127.0.0.1:${port} is in use by another program`);
      expect(await at(coordinator.address)).toContain('is the address of listen');
    } finally {
      await monitoring.stop();
      other.close();
    }
    expect(await at(address)).toBe(`ok: ${address} is free`);
    expect(await at('off')).toBe('');
  });

  test('with everything wrong that can be: a line for each', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const made = await createDevTls([]);
    writeFileSync(file('other.key'), made.keyPem, { mode: 0o600 });
    writeFileSync(file('open.token'), `${'x'.repeat(43)}\n`);
    chmodSync(file('open.token'), 0o644);
    writeFileSync(
      file('blindsum.sqlite'),
      'this is no database, whatever it is called, and long enough'.repeat(100),
    );
    const { code, checks } = await check('', {
      BLINDSUM_SERVE_LISTEN: `127.0.0.1:${port}`,
      BLINDSUM_SERVE_TLS_KEY: 'other.key',
      BLINDSUM_SERVE_COORDINATOR_KEY: 'dev/organiser.pub',
      BLINDSUM_SERVE_OPERATOR_TOKENS: 'none',
      BLINDSUM_SERVE_DATA: '.',
    });
    other.close();
    expect(code).toBe(1);
    const text = checks.map(({ name, status, message }) => `${status} ${name}: ${message}`).join('\n');
    expect(text).toMatch(/fail coordinatorKey: .*is a public key/);
    const second = await check('', {
      BLINDSUM_SERVE_LISTEN: `127.0.0.1:${port}`,
      BLINDSUM_SERVE_TLS_KEY: 'other.key',
      BLINDSUM_SERVE_OPERATOR_TOKEN_FILE: 'open.token',
      BLINDSUM_SERVE_DATA: '.',
    });
    expect(found(second.checks, 'tls')).toContain('other.key is not the key of');
    expect(found(second.checks, 'permissions')).toContain('open.token: others on this machine can read it');
    expect(found(second.checks, 'store')).toMatch(/^fail: .*not a database/);
    const typo = await check('limits: { taks: 5 }\n');
    expect([typo.code, found(typo.checks, 'configuration')]).toEqual([
      1,
      expect.stringContaining('limits.taks'),
    ]);
  });

  test('whose port somebody else has', async () => {
    const other = createServer((socket) => socket.end('hello\n')).listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as { port: number };
    const { code, checks } = await check('', { BLINDSUM_SERVE_LISTEN: `127.0.0.1:${port}` });
    other.close();
    expect([code, found(checks, 'listen')]).toEqual([
      1,
      `fail: 127.0.0.1:${port} is in use by another program`,
    ]);
  });
});
