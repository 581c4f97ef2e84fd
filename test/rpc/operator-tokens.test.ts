// The file of operators' tokens: names and hashes, several at a time, and messages that never show what may be a token.
import { afterEach, expect, test } from '@jest/globals';
import { Metadata } from '@grpc/grpc-js';
import { authenticate } from '../../src/coordinator/grpc/auth.js';
import { RememberedTokens } from '../../src/coordinator/grpc/remembered-tokens.js';
import { mayCall } from '../../src/coordinator/grpc/roles.js';
import { loadProtos } from '../../src/rpc/protos.js';
import {
  formatOperatorToken,
  operatorToken,
  type OperatorToken,
  parseOperatorTokens,
} from '../../src/coordinator/grpc/operator-tokens.js';
import { COORDINATOR, PARTICIPANT, refusalOf, startWorld, type World } from './fakes.js';

const TOKENS = ['a', 'b', 'c'].map((letter) => letter.repeat(43)) as [string, string, string];
const line = (name: string, token: string): string => formatOperatorToken(operatorToken(name, token));

let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

test('what is formatted parses; comments and empty lines do not count', () => {
  const text = `# operators\n\n${line('alice', TOKENS[0])}\r\n  ${line('bob@example.org', TOKENS[1])}\n`;
  expect(parseOperatorTokens(text)).toEqual([
    operatorToken('alice', TOKENS[0]),
    operatorToken('bob@example.org', TOKENS[1]),
  ]);
  const auditor = operatorToken('dpo', TOKENS[2], 'auditor');
  expect(formatOperatorToken(auditor)).toMatch(/^dpo role=auditor sha256:/);
  expect(parseOperatorTokens(`${line('alice', TOKENS[0])}\n${formatOperatorToken(auditor)}`)).toEqual([
    operatorToken('alice', TOKENS[0]),
    auditor,
  ]);
  expect(text).not.toContain(TOKENS[0]);
  expect(parseOperatorTokens('')).toEqual([]);
});

test.each([
  TOKENS[0],
  `alice ${TOKENS[0]}`,
  `alice sha256:${'A'.repeat(64)}`,
  `alice sha256:${'a'.repeat(63)}`,
  `alice sha256:${'a'.repeat(64)} more`,
  `alice role=admin sha256:${'a'.repeat(64)}`,
  `alice role=auditor role=auditor sha256:${'a'.repeat(64)}`,
  `-alice sha256:${'a'.repeat(64)}`,
])('refused by its number, without showing it: %s', (bad) => {
  const parse = () => parseOperatorTokens(`# one\n${bad}\n`);
  expect(parse).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
  expect(parse).toThrow(/^line 2: /);
  expect(parse).not.toThrow(/aaaaa|AAAAA/);
});

test('one token of two operators is refused: nobody could tell who did what', () => {
  expect(() => parseOperatorTokens(`${line('alice', TOKENS[0])}\n${line('bob', TOKENS[0])}`)).toThrow(
    'line 2: bob has the token of alice',
  );
});

test('one name has one role', () => {
  const auditor = formatOperatorToken(operatorToken('alice', TOKENS[1], 'auditor'));
  expect(() => parseOperatorTokens(`${line('alice', TOKENS[0])}\n${auditor}`)).toThrow(
    'line 2: alice is an operator and an auditor',
  );
  expect(() => parseOperatorTokens(`${line('alice', TOKENS[1])}\n${auditor}`)).toThrow('line 2: alice');
});

test('short tokens and bad names', () => {
  expect(() => operatorToken('alice', 'short')).toThrow('at least 32');
  expect(() => operatorToken('al ice', TOKENS[0])).toThrow("'al ice' is no name");
});

test('old and new are good together, a line that is gone is not, and each call knows the name', async () => {
  let tokens: OperatorToken[] = [operatorToken('alice', TOKENS[0]), operatorToken('bob', TOKENS[1])];
  const names: string[] = [];
  world = await startWorld(
    {},
    {},
    {
      auth: { coordinatorKey: COORDINATOR.publicKey, operatorTokens: () => tokens },
      operator: (name) => ({ listTasks: async () => (names.push(name), []) }) as never,
    },
  );
  const by = (token: string) => (world as World).operator({ token }).listTasks();
  await by(TOKENS[0]);
  await by(TOKENS[1]);
  tokens = [...tokens, operatorToken('alice', TOKENS[2])];
  await by(TOKENS[0]);
  await by(TOKENS[2]);
  tokens = tokens.slice(1);
  await by(TOKENS[2]);
  expect(names).toEqual(['alice', 'bob', 'alice', 'alice', 'alice']);
  expect((await refusalOf(by(TOKENS[0]))).code).toBe('UNAUTHENTICATED');
});

test('who means another coordinator is told so before the token is looked at, and nothing is done', async () => {
  let done = 0;
  world = await startWorld({}, { cancelSession: async () => void (done += 1) });
  const cancel = (options: object) => (world as World).operator(options).cancelSession('ab'.repeat(32), '');
  await cancel({ coordinatorKey: COORDINATOR.publicKey });
  await cancel({});
  const other = { coordinatorKey: PARTICIPANT.publicKey };
  expect(await refusalOf(cancel(other))).toMatchObject({
    code: 'WRONG_COORDINATOR',
    message: expect.stringContaining('`coordinator` in the trust file'),
  });
  expect((await refusalOf(cancel({ ...other, token: 'x'.repeat(43) }))).code).toBe('WRONG_COORDINATOR');
  expect(done).toBe(2);
});

const READ = [
  ...['ListTasks', 'GetTask', 'ListSessions', 'GetSession', 'WatchSession', 'GetOutcome', 'ListActions'],
  ...['ExportSession', 'ExportLog'],
];

test('an auditor reads, and nobody else reads what is in escrow; what is new is for operators', () => {
  const all = [...new Set([...Object.keys(loadProtos().operator), ...READ, 'ExportEscrow', 'MadeLater'])];
  const may = (role: 'operator' | 'auditor'): string[] => all.filter((method) => mayCall(role, method));
  expect(may('auditor').sort()).toEqual([...READ, 'ExportEscrow'].sort());
  expect(may('operator')).toEqual(all.filter((method) => method !== 'ExportEscrow'));
});

test('what a role may not is refused before the request is read, and somebody is told', async () => {
  const told: string[][] = [];
  let reached = 0;
  world = await startWorld(
    {},
    { listTasks: async () => [], putInput: async () => ((reached += 1), new Uint8Array(32)) },
    {
      auth: {
        coordinatorKey: COORDINATOR.publicKey,
        operatorTokens: () => [operatorToken('dpo', TOKENS[0], 'auditor'), operatorToken('alice', TOKENS[1])],
        onForbidden: (...args) => void told.push(args),
      },
    },
  );
  const auditor = world.operator({ token: TOKENS[0] });
  expect(await auditor.listTasks()).toEqual([]);
  // More than one chunk: not even the first is taken.
  const refused = await refusalOf(auditor.putInput(new Uint8Array(3_000_000)));
  expect([refused.code, refused.message]).toEqual([
    'FORBIDDEN',
    'the token of an auditor only reads: use one of an operator',
  ]);
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${TOKENS[1]}`);
  const escrow = authenticate(
    {
      coordinatorKey: COORDINATOR.publicKey,
      operatorTokens: () => [operatorToken('alice', TOKENS[1])],
      onForbidden: (...args) => void told.push(args),
    },
    '/blindsum.v1.OperatorService/ExportEscrow',
    metadata,
    new RememberedTokens(),
    () => undefined,
  );
  expect((await refusalOf(escrow)).message).toContain('--role auditor');
  expect(told).toEqual([
    ['dpo', 'PutInput'],
    ['alice', 'ExportEscrow'],
  ]);
  expect(reached).toBe(0);
});
