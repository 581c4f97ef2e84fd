/** Secrets in files: read them, and say when others on the machine can, too. */
import { keyFileWarning } from '../client/node/key-files.js';
import { readText } from '../client/node/files.js';
import { refuse } from '../protocol/errors.js';
import { isOperatorToken } from '../rpc/operator-token.js';

/** @param key of the configuration, for the message @throws BlindsumError UNREADABLE_FILE, BAD_CONFIG */
export function readSecret(key: string, path: string): string {
  const secret = readText(path).replace(/\r?\n$/, '');
  if (secret !== '' && !/[\r\n\0]/.test(secret)) return secret;
  return refuse('BAD_CONFIG', 'caller', `${key}: ${path}: expected one line`);
}

/** The operator token in a file. @throws BlindsumError UNREADABLE_FILE, BAD_CONFIG, which shows nothing of it */
export function readOperatorToken(path: string): string {
  const token = readText(path).trim();
  if (isOperatorToken(token)) return token;
  return refuse(
    'BAD_CONFIG',
    'caller',
    `${path} is no operator token: expected one line of at least 32 characters, as 'token create' writes it`,
  );
}

/** One line for each file that exists and that others can read. */
export const exposedFiles = (paths: readonly (string | undefined)[]): string[] =>
  paths.flatMap((path) => {
    if (path === undefined) return [];
    try {
      return keyFileWarning(path) ?? [];
    } catch {
      return [];
    }
  });
