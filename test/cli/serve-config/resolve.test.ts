// One configuration out of file, environment and flags; every message names the key and where it was given.
import { afterAll, beforeEach, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { effective, exampleConfig, printConfig, resolveConfig } from '../../../src/cli/serve-config/index.js';
import { keys } from '../../../src/cli/serve-config/keys.js';
import { configSchema } from '../../../src/cli/serve-config/schema.js';

const folder = mkdtempSync(join(tmpdir(), 'blindsum-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'blindsum.yaml');

const NEEDED = `tls: { certificate: server.pem, key: server.key }
coordinatorKey: coordinator.key
organiser: organiser.pub
operatorTokens: operator-tokens
`;

beforeEach(() => writeFileSync(path, NEEDED));

const load = (more = '', environment = {}, flags = {}) => {
  writeFileSync(path, NEEDED + more);
  return resolveConfig({ config: path, ...flags }, environment);
};

describe('layers', () => {
  test('the environment goes over the file, flags over both, key by key', () => {
    const more = 'listen: a:1\ndata: here\nlimits: { tasks: 5, watches: 6 }\n';
    const resolved = load(
      more,
      { BLINDSUM_SERVE_LISTEN: 'b:2', BLINDSUM_SERVE_LIMITS_TASKS: '7', BLINDSUM_SERVE_LOG: 'warn' },
      { listen: 'c:3' },
    );
    expect(resolved.settings).toMatchObject({ listen: 'c:3', data: 'here', log: 'warn' });
    expect(resolved.settings.limits).toMatchObject({ tasks: 7, watches: 6, callBurst: 2000 });
    expect(effective(resolved).origins).toMatchObject({
      listen: '--listen',
      data: `${path}:6`,
      log: 'BLINDSUM_SERVE_LOG',
      'limits.tasks': 'BLINDSUM_SERVE_LIMITS_TASKS',
      'limits.watches': `${path}:7`,
      'limits.callBurst': 'default',
      'session.join': 'default',
      'tls.key': `${path}:1`,
    });
  });

  test('paths are relative to the file that names them, else to the working directory', () => {
    const resolved = load('data: d\n', { BLINDSUM_SERVE_TLS_KEY: 'k.pem' });
    expect(resolved.file('data')).toBe(join(folder, 'd'));
    expect(resolved.file('tls', 'certificate')).toBe(join(folder, 'server.pem'));
    expect(resolved.file('tls', 'key')).toBe(resolve('k.pem'));
    expect(load('', {}, { data: 'elsewhere' }).file('data')).toBe(resolve('elsewhere'));
    expect(load().file('data')).toBe(join(folder, 'data'));
  });

  test('every key has one variable of its own, and each can be set by it', () => {
    expect(new Set(keys.map(({ variable }) => variable)).size).toBe(keys.length);
    const named = new Map(keys.map((key) => [key.path.join('.'), key.variable]));
    expect(named.get('limits.openSessions')).toBe('BLINDSUM_SERVE_LIMITS_OPEN_SESSIONS');
    expect(named.get('limits.uploadMiB')).toBe('BLINDSUM_SERVE_LIMITS_UPLOAD_MIB');
    for (const key of keys.filter(({ standard }) => typeof standard === 'number')) {
      const resolved = load('', { [key.variable]: String(key.standard) });
      expect(effective(resolved).origins[key.path.join('.')]).toBe(key.variable);
    }
  });

  test('a section without keys, and a key without a value, count as not given', () => {
    expect(load('limits:\nstore:\n').settings).toEqual(load().settings);
  });
});

describe('refused, with the key and where it was given', () => {
  const refusal = (more: string, environment = {}, flags = {}): { code: string; message: string } => {
    try {
      load(more, environment, flags);
    } catch (error) {
      return error as { code: string; message: string };
    }
    throw new Error('not refused');
  };

  test.each([
    ['limits:\n  opensessions: 5\n', ':6: unknown key limits.opensessions; do you mean limits.openSessions?'],
    ['limit: { tasks: 5 }\n', ':5: unknown key limit; do you mean limits?'],
    ['openSessions: 5\n', ':5: unknown key openSessions; do you mean limits.openSessions?'],
    ['\n\nentirelyElse: 5\n', ':7: unknown key entirelyElse'],
    ['__proto__: 5\n', ':5: unknown key __proto__'],
    ['limits: { tasks: 0 }\n', ':5: limits.tasks: '],
    ['limits: { tasks: many }\n', ':5: limits.tasks: '],
    ['limits: 5\n', ':5: limits: '],
    ['log: loud\n', ':5: log: '],
    ['session: { join: soon }\n', ':5: session.join: a duration is a number with a unit'],
    ['session: { join: 60 }\n', ':5: session.join: a duration is a number with a unit'],
    ['retention: 30\n', ':5: retention: a duration of at least 1s, such as 30d'],
    ['retention: never\n', ':5: retention: a duration of at least 1s'],
    ['data: [a]\n', ':5: data: '],
    ['listen: localhost\n', ':5: listen: expected host:port'],
    ['metrics: { listen: 9464x }\n', ':5: metrics.listen: expected host:port'],
    ['listen: a:1\nlisten: b:1\n', ':6: is not YAML: Map keys must be unique'],
    ['limits: { tasks: 5\n', ': is not YAML'],
    [
      'quotas: { organisations: { a: { callsPersecond: 5 } } }\n',
      ':5: unknown key quotas.organisations.a.callsPersecond; do you mean quotas.organisations.a.callsPerSecond?',
    ],
    ['quotas: { organisations: { a: { tasks: 5 } } }\n', ':5: unknown key quotas.organisations.a.tasks'],
    ['quotas: { others: { callsPersecond: 5 } }\n', 'do you mean quotas.others.callsPerSecond?'],
    [
      "quotas: { organisations: { a b: { callsAtOnce: 5, certificates: ['x'] } } }\n",
      ':5: quotas.organisations.a b: the name of an organisation has up to 64 letters',
    ],
    [
      'quotas: { organisations: { a: { callsAtOnce: 5 } } }\n',
      ':5: quotas.organisations.a: names nobody: give participants or certificates',
    ],
    [
      "quotas: { organisations: { a: { certificates: ['x'] } } }\n",
      ':5: quotas.organisations.a: bounds nothing: give one of callsPerSecond, ',
    ],
    [
      "quotas: { organisations: { a: { certificates: ['x*y'], callsAtOnce: 5 } } }\n",
      ':5: quotas.organisations.a.certificates.0: a name in certificates, with a * at its end only',
    ],
    [
      "quotas: { organisations: { a: { certificates: [''], callsAtOnce: 5 } } }\n",
      ':5: quotas.organisations.a.certificates.0: is empty',
    ],
    [
      "quotas: { organisations: { a: { certificates: ['x'], callBurst: 5 } } }\n",
      ':5: quotas.organisations.a.callBurst: needs callsPerSecond',
    ],
    ['quotas: { others: { callBurst: 5 } }\n', ':5: quotas.others.callBurst: needs callsPerSecond'],
    [
      "quotas: { organisations: { a: { certificates: ['x'], uploadMiBPerDay: 0 } } }\n",
      ':5: quotas.organisations.a.uploadMiBPerDay: ',
    ],
  ])('%j', (more, message) => {
    const { code, message: said } = refusal(more);
    expect(code).toBe('BAD_CONFIG');
    expect(said).toContain(message);
    expect(said).toContain(path);
  });

  test('a file that is no table', () => {
    writeFileSync(path, '- listen\n');
    expect(() => resolveConfig({ config: path }, {})).toThrow('expected keys and values');
  });

  test('what is missing', () => {
    writeFileSync(path, NEEDED.replace(/organiser:.*\n/, '').replace(', key: server.key', ''));
    expect(() => resolveConfig({ config: path }, { BLINDSUM_SERVE_TLS_KEY: 'k' })).toThrow(
      'organiser is missing (or set BLINDSUM_SERVE_ORGANISER)',
    );
    expect(() => resolveConfig({ config: path }, { BLINDSUM_SERVE_ORGANISER: 'o' })).toThrow(
      'tls.key is missing (or set BLINDSUM_SERVE_TLS_KEY)',
    );
  });

  test('variables', () => {
    expect(refusal('', { BLINDSUM_SERVE_LIMIT_TASKS: '5' }).message).toBe(
      'BLINDSUM_SERVE_LIMIT_TASKS: no key is set by this variable; do you mean BLINDSUM_SERVE_LIMITS_TASKS?',
    );
    expect(refusal('', { BLINDSUM_SERVE_LIMITS_TASKS: 'x' }).message).toContain(
      'BLINDSUM_SERVE_LIMITS_TASKS: limits.tasks: ',
    );
    expect(refusal('', { BLINDSUM_SERVE_LIMITS_TASKS: '[' }).message).toBe(
      'BLINDSUM_SERVE_LIMITS_TASKS: is not YAML',
    );
    expect(refusal('', { BLINDSUM_STORE: 'postgres://u:hunter2@db/x' }).message).toBe(
      'BLINDSUM_STORE: no key is set by this variable; it is BLINDSUM_SERVE_STORE',
    );
    expect(load('', { BLINDSUM_STORE: '', BLINDSUM_TOKEN_FILE: 'x', LISTEN: 'a:1' }).settings).toEqual(
      load().settings,
    );
  });

  test('a password in a flag', () => {
    const { code, message } = refusal('', {}, { store: 'postgres://u:hunter2@db/x' });
    expect(code).toBe('USAGE');
    expect(message).toContain('BLINDSUM_SERVE_STORE');
    expect(message).not.toContain('hunter2');
  });
});

describe('--print-config', () => {
  test('is a configuration that resolves to the same, with the origin of each value', () => {
    const resolved = load('limits: { tasks: 5 }\n', { BLINDSUM_SERVE_LOG: 'warn' });
    const printed = printConfig(resolved);
    expect(configSchema.parse(parse(printed))).toEqual(resolved.settings);
    expect(printed).toContain(`tasks: 5 # ${path}:5`);
    expect(printed).toContain('log: warn # BLINDSUM_SERVE_LOG');
    expect(printed).toContain('retention: off # default');
    for (const line of printed.split('\n')) expect(line).toMatch(/^ *\w+:$|#/);
  });

  test.each([
    'postgres://u:hunter2@db:5432/x',
    'postgres://u:hun/ter@2@db/x?password=hunter2',
    'postgres://u@db/x?sslmode=require&password=hunter2&a=b',
    'postgres:///x?host=/run&sslpassword=hunter2',
  ])('without the password of %s', (url) => {
    const printed = printConfig(load('', { BLINDSUM_SERVE_STORE: url }));
    expect(printed).toContain('[redacted]');
    expect(printed).not.toMatch(/hunter2|ter@2/);
  });
});

describe('--example-config', () => {
  test('has every key, and says nothing but the defaults', () => {
    const example = exampleConfig();
    writeFileSync(path, example);
    const { settings } = resolveConfig({ config: path }, {});
    expect(settings).toEqual(load().settings);
    for (const { path: key } of keys) expect(example).toMatch(new RegExp(`^ *(# )?${key.at(-1)}: `, 'm'));
    for (const { notes } of keys) expect(notes.description).toBeDefined();
  });

  test('what is commented out is valid, too', () => {
    writeFileSync(
      path,
      exampleConfig().replace(/^( *)# (\w+: )/gm, (line, indent: string, key: string) =>
        keys.some(({ path: [...parts] }) => `${parts.at(-1)}: ` === key) ? indent + key : line,
      ),
    );
    const { settings } = resolveConfig({ config: path }, {});
    expect(Object.keys(settings).sort()).toEqual(Object.keys(configSchema.shape).sort());
  });

  test('deploy/blindsum.yaml is it', () => {
    const file = new URL('../../../deploy/blindsum.yaml', import.meta.url);
    expect(readFileSync(file, 'utf8')).toBe(exampleConfig());
  });
});
