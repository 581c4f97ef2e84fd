/** A file that is given for a token and is none: it is refused before anything is sent, and nothing of it is shown. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPairSync } from 'node:crypto';
import { afterAll, expect, test } from '@jest/globals';
import { readOperatorToken } from '../../src/cli/secret-file.js';
import { createGrpcOperator } from '../../src/operator/grpc-operator.js';
import { BlindsumError } from '../../src/protocol/errors.js';

const folder = mkdtempSync(join(tmpdir(), 'blindsum-token-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TOKEN = 'Zm9yZ2V0LW1lLW5vdC1mb3JnZXQtbWUtbm90LWZvcmc';
const file = (text: string): string => {
  const path = join(folder, 'file');
  writeFileSync(path, text);
  return path;
};

function refusalOf(attempt: () => unknown): BlindsumError {
  try {
    attempt();
  } catch (error) {
    if (error instanceof BlindsumError) return error;
  }
  throw new Error('it was not refused');
}

test('one line, with or without what ends it', () => {
  for (const end of ['', '\n', '\r\n', ' \n']) expect(readOperatorToken(file(TOKEN + end))).toBe(TOKEN);
});

test.each([
  [
    'the key of a TLS server',
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }),
  ],
  ['an identity', `blindsum-identity-v1:${TOKEN}`],
  ['two tokens', `${TOKEN}\n${TOKEN}`],
  ['hashes of tokens', `alice sha256:${'ab'.repeat(32)}`],
  ['nothing', ' \n'],
  ['half of one', TOKEN.slice(0, 20)],
])('%s', (_, text) => {
  const path = file(String(text));
  const attempts = [
    () => readOperatorToken(path),
    () => createGrpcOperator({ coordinator: 'localhost:1', token: String(text).trim() }),
  ];
  for (const attempt of attempts) {
    const { code, message } = refusalOf(attempt);
    expect(code).toBe('BAD_CONFIG');
    for (const word of String(text).split(/\s+/))
      if (word.length > 8) expect(message).not.toContain(word.slice(0, 12));
  }
});
