// The file of operators' tokens: names and hashes, several at a time, and messages that never show what may be a token.
import { afterEach, expect, test } from '@jest/globals';
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
  expect(text).not.toContain(TOKENS[0]);
  expect(parseOperatorTokens('')).toEqual([]);
});

test.each([
  TOKENS[0],
  `alice ${TOKENS[0]}`,
  `alice sha256:${'A'.repeat(64)}`,
  `alice sha256:${'a'.repeat(63)}`,
  `alice sha256:${'a'.repeat(64)} more`,
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
