/** What a real `serve` process writes and sends while its callers do everything wrong: why it refused, and no secret. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { utf8 } from '../../crypto/bytes.js';
import { encodeSigned } from '../../src/protocol/attachments.js';
import type { Signer } from '../../src/protocol/signed.js';
import { loadProtos } from '../../src/rpc/protos.js';
import { CERTIFICATE } from '../../src/rpc/token.js';
import { VERSION } from '../../src/rpc/version.js';
import { createTokenSource } from '../../src/client/node/token.js';
import { run } from '../helpers/cli.js';
import { type OtlpReceiver, otlpReceiver, type SeenSpan } from '../helpers/otlp-receiver.js';
import { type Postgres, query, startPostgres } from '../helpers/postgres.js';
import { withoutPackages } from '../helpers/without-packages.js';
import { signed } from '../rpc/fakes.js';
import { rawClient } from '../rpc/helpers/raw-client.js';
import { prepare, type Serving, serving } from './serving.js';
import type { WindowIndex } from './window-index.js';

const PARTICIPANT = '/blindsum.v1.ParticipantService';
const OPERATOR = '/blindsum.v1.OperatorService';
const COLLECTOR_TOKEN = 'token-of-the-collector-0123456789';

const PACKAGE = fileURLToPath(new URL('../../package.json', import.meta.url));
/** gRPC's own answer to a method that there is not. */
const NO_METHOD = '12';
/** The clock of a span begins at a whole millisecond, and its parent's at another one. */
const TICKS_NS = 2_000_000n;

const folder = mkdtempSync(join(tmpdir(), 'blindsum-serve-leak-'));
const file = (name: string): string => join(folder, name);
let receiver: OtlpReceiver;
let stop = (): Promise<unknown> => Promise.resolve();
let secrets: WindowIndex;
/** All that the process wrote; its lines of the log. */
let output: string;
let log: { readonly level: number; readonly msg: string; readonly code?: string }[];
/** Codes of the refusals, as their callers got them. */
let refused: string[];
let spans: SeenSpan[];

const found = (text: string): unknown[] => secrets.find(utf8(text));

beforeAll(async () => {
  receiver = await otlpReceiver();
  await prepare(folder, `tracing: { endpoint: '${receiver.endpoint}' }\n`);
  const served = await serving(folder, {
    OTEL_EXPORTER_OTLP_HEADERS: `authorization=Bearer%20${COLLECTOR_TOKEN}`,
  });
  stop = () => served.stop();
  secrets = served.secrets.add('token of the collector', utf8(COLLECTOR_TOKEN));
  await served.session();
  refused = await refusals(served);
  output = await served.stop();
  log = output
    .split('\n')
    .filter((line) => line.includes('"msg"'))
    .map((line) => JSON.parse(line) as (typeof log)[number]);
  spans = receiver.spans();
});
afterAll(async () => {
  await stop();
  await receiver.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Wrong calls of every kind, with secrets in all the places where none belongs. */
async function refusals(served: Serving): Promise<string[]> {
  const { operatorToken, coordinatorKey, participants } = served;
  const [signer] = participants as [Signer];
  const made = await createTokenSource({ signer, coordinatorKey })();
  served.secrets.add('token of a caller', utf8(made.slice(made.lastIndexOf('.'))));
  const other = await createTokenSource({ signer, coordinatorKey: signer.publicKey })();
  served.secrets.add('token for another', utf8(other.slice(other.lastIndexOf('.'))));
  const known = { authorization: [`Bearer ${made}`] };
  const operator = { authorization: [`Bearer ${operatorToken}`] };
  const certificate = Buffer.from(encodeSigned(signed(1)));
  const session = Buffer.from(`\x0a${String.fromCharCode(operatorToken.length)}${operatorToken}`);
  const calls: [string, Readonly<Record<string, readonly (string | Buffer)[]>>, Uint8Array][] = [
    [`${PARTICIPANT}/GetOutcome`, { authorization: [`Bearer ${operatorToken}`] }, session],
    [`${PARTICIPANT}/GetOutcome`, { authorization: [made] }, session],
    [`${PARTICIPANT}/GetOutcome`, { authorization: [`Bearer ${made.slice(0, -8)}`] }, session],
    [`${PARTICIPANT}/GetOutcome`, { authorization: [`Bearer ${other}`] }, session],
    [`${PARTICIPANT}/GetOutcome`, { ...known, [VERSION]: [operatorToken] }, session],
    [`${PARTICIPANT}/GetOutcome`, { ...known, [CERTIFICATE]: [Buffer.from(operatorToken)] }, session],
    [`${PARTICIPANT}/GetOutcome`, { ...known, [CERTIFICATE]: [certificate] }, session],
    [`${PARTICIPANT}/${operatorToken}`, known, session],
    [`${OPERATOR}/ListTasks`, known, session],
    [`${OPERATOR}/ListTasks`, { authorization: [`Bearer ${operatorToken}x`] }, session],
  ];
  const { participant, operator: operators } = loadProtos();
  for (const [methods, as] of [
    [participant, known],
    [operators, operator],
  ] as const) {
    for (const { path } of Object.values(methods)) {
      if (!path.includes('/Watch')) calls.push([path, as, session], [path, as, utf8(`\xff${operatorToken}`)]);
    }
  }
  const codes: string[] = [];
  for (const [path, metadata, message] of calls) {
    const client = await rawClient(served, null, metadata);
    codes.push(await client.call(path, message));
    client.close();
  }
  return codes;
}

describe('the log', () => {
  test('says of every refusal that it was one, and why', () => {
    const lines = log.filter(({ msg }) => msg === 'call refused');
    const logged = lines.map(({ code }) => code);
    expect(logged).toEqual(refused.filter((code) => code !== NO_METHOD && code !== 'accepted'));
    const codes = [
      ...['UNAUTHENTICATED', 'WRONG_COORDINATOR', 'UNSUPPORTED_VERSION', 'CERTIFICATE_UNKNOWN'],
      // An operator asks for what is for auditors only.
      ...['MALFORMED', 'UNKNOWN_TASK', 'UNKNOWN_SESSION', 'FORBIDDEN'],
    ];
    expect(new Set(logged)).toEqual(new Set(codes));
    // Those of strangers when debugging only.
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set([20, 30]));
  });

  test('holds no secret', () => {
    expect(log.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['round closed', 'session closed']));
    expect(found(output)).toEqual([]);
    // The search would have seen them.
    const seed = readFileSync(file('dev/coordinator.key'), 'utf8').trim().split(':')[1] as string;
    for (const leak of [seed, COLLECTOR_TOKEN, Buffer.from(seed, 'base64url').toString('hex')])
      expect(found(`${output}\n${JSON.stringify({ leak })}`)).toHaveLength(1);
  });
});

describe('the traces', () => {
  test('of rounds and calls come to the collector, who asked for a token', () => {
    const named = (name: string): SeenSpan[] => spans.filter((span) => span.name === name);
    expect(named('close round').map(({ attributes }) => attributes['blindsum.round'])).toEqual(
      expect.arrayContaining(['r0', 'r1', 'r2', 'r3', 'r4']),
    );
    for (const method of ['AdvertiseKeys', 'ShareKeys', 'CommitUpload', 'Consistency', 'Unmask'])
      expect(
        named(`${PARTICIPANT.slice(1)}/${method}`).filter(
          ({ attributes }) => attributes['blindsum.code'] === 'OK',
        ),
      ).toHaveLength(3);
    expect(new Set(receiver.authorizations())).toEqual(new Set([`Bearer ${COLLECTOR_TOKEN}`]));
  });

  test('a call that has ended gets no more parts, whatever it has set off', () => {
    const byId = new Map(spans.map((span) => [span.spanId, span]));
    const late = spans.filter(({ parentSpanId, startTimeUnixNano }) => {
      const whole = byId.get(parentSpanId);
      return whole !== undefined && BigInt(startTimeUnixNano) > BigInt(whole.endTimeUnixNano) + TICKS_NS;
    });
    expect(late).toEqual([]);
  });

  test('hold no secret', () => {
    expect(spans.length).toBeGreaterThan(50);
    expect(found(receiver.text())).toEqual([]);
  });
});

describe('a start that fails', () => {
  let postgres: Postgres;
  let rules: string;
  let wrong: string;
  const PASSWORD = 'wrong-password-of-the-database';
  beforeAll(async () => {
    // Who runs the database cannot look into the other folder.
    rules = mkdtempSync(join(tmpdir(), 'blindsum-rules-'));
    chmodSync(rules, 0o755);
    const hba = join(rules, 'pg_hba.conf');
    writeFileSync(hba, 'host all blindsum 127.0.0.1/32 trust\nhost all other 127.0.0.1/32 scram-sha-256\n');
    postgres = await startPostgres({ hba_file: hba });
    await query(postgres.url, "CREATE ROLE other LOGIN PASSWORD 'the-right-password'");
    wrong = postgres.url.replace('blindsum@', 'other@');
    writeFileSync(file('store.password'), `${PASSWORD}\n`, { mode: 0o600 });
    const half = (name: string): string => {
      const text = readFileSync(file(name), 'utf8');
      return text.slice(0, text.length * 0.7);
    };
    for (const name of ['coordinator.key', 'server.key'])
      writeFileSync(file(`half-${name}`), half(`dev/${name}`), { mode: 0o600 });
    const token = readFileSync(file('dev/operator.token'), 'utf8');
    writeFileSync(file('tokens'), `alice ${token}`);
    writeFileSync(file('short.token'), token.slice(0, 20));
    secrets.add('password', utf8(PASSWORD));
  });
  afterAll(async () => {
    await postgres.dispose();
    rmSync(rules, { recursive: true, force: true });
  });

  test.each([
    [
      'a wrong password, from its file',
      'STORE_FAILED',
      /password authentication failed for user/,
      () => ({ STORE: wrong, STORE_PASSWORD_FILE: file('store.password') }),
    ],
    [
      'a wrong password, in the URL',
      'STORE_FAILED',
      /password authentication failed for user/,
      () => ({ STORE: wrong.replace('other@', `other:${PASSWORD}@`) }),
    ],
    [
      'half a key',
      'UNREADABLE_FILE',
      /half-coordinator\.key/,
      () => ({ COORDINATOR_KEY: file('half-coordinator.key') }),
    ],
    [
      'half a TLS key',
      'BAD_CONFIG',
      /half-server\.key is not the private key of .*\.pem/,
      () => ({ TLS_KEY: file('half-server.key') }),
    ],
    [
      'a token where its hash belongs',
      'BAD_CONFIG',
      /tokens: line 1/,
      () => ({ OPERATOR_TOKENS: file('tokens') }),
    ],
    [
      'a token that is too short',
      'BAD_CONFIG',
      /short\.token/,
      () => ({ OPERATOR_TOKEN_FILE: file('short.token') }),
    ],
  ])('%s: %s, and no secret, not even with stacks', async (_, code, why, given) => {
    const env = Object.entries(given()).map(([key, value]) => [`BLINDSUM_SERVE_${key}`, value] as const);
    const failed = await run(['serve', '--config', 'blindsum.yaml'], {
      cwd: folder,
      env: { ...Object.fromEntries(env), BLINDSUM_DEBUG: '1' },
    });
    expect(failed.code).not.toBe(0);
    expect(failed.stderr).toContain(`blindsum: ${code}: `);
    expect(failed.stderr).toMatch(why);
    expect(found(`${failed.stdout}\n${failed.stderr}`)).toEqual([]);
  });

  test('without the packages of OpenTelemetry: MISSING_PACKAGE, which names them', async () => {
    const env = withoutPackages('@opentelemetry/', folder);
    const { code, stderr } = await run(['serve', '--config', 'blindsum.yaml'], { cwd: folder, env });
    expect(code).toBe(3);
    const { peerDependencies } = JSON.parse(readFileSync(PACKAGE, 'utf8')) as {
      peerDependencies: Record<string, string>;
    };
    const names = Object.entries(peerDependencies).filter(([name]) => name.startsWith('@opentelemetry/'));
    expect(names).toHaveLength(4);
    const install = `npm install ${names.map(([name, version]) => `${name}@${version}`).join(' ')}`;
    expect(stderr).toContain('MISSING_PACKAGE: OpenTelemetry is not installed');
    expect(stderr).toContain(install);
  });
});
