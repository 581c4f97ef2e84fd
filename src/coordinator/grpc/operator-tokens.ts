/**
 * The tokens that operators log in with. The coordinator keeps a name and a hash of each: names are for the record of who
 * did what, and tokens are random, so their plain hash is all that is needed to know them again. A line may give its token
 * a smaller role.
 */
import { fromHex, toHex, utf8 } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { refuse } from '../../protocol/errors.js';
import { isOperatorToken } from '../../rpc/operator-token.js';
import type { Role } from './roles.js';

export interface OperatorToken {
  /** Of who holds it. A name may have several tokens: the old and the new one while they are exchanged. */
  readonly name: string;
  readonly role: Role;
  readonly hash: Uint8Array;
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,63}$/;
const LINE = /^(\S+)\s+(role=auditor\s+)?sha256:([0-9a-f]{64})$/;

export const hashOperatorToken = (token: string): Uint8Array => sha256(utf8(token));

/** @param token at least 32 random characters @throws BlindsumError BAD_CONFIG */
export function operatorToken(name: string, token: string, role: Role = 'operator'): OperatorToken {
  checkOperatorName(name);
  if (!isOperatorToken(token))
    refuse('BAD_CONFIG', 'caller', 'the operator token needs at least 32 random characters, in one word');
  return { name, role, hash: hashOperatorToken(token) };
}

/** @throws BlindsumError BAD_CONFIG */
export function checkOperatorName(name: string): void {
  if (NAME.test(name)) return;
  refuse(
    'BAD_CONFIG',
    'caller',
    `'${name}' is no name of an operator: 1 to 64 letters, digits and . _ @ -, a letter or digit first`,
  );
}

/** 'alice sha256:…', 'bob role=auditor sha256:…' */
export const formatOperatorToken = ({ name, role, hash }: OperatorToken): string =>
  `${name} ${role === 'auditor' ? 'role=auditor ' : ''}sha256:${toHex(hash)}`;

/**
 * One token on each line; empty lines and what begins with # do not count.
 * @throws BlindsumError BAD_CONFIG that names the line and shows nothing of it: it may be a token
 */
export function parseOperatorTokens(text: string): OperatorToken[] {
  const holders = new Map<string, string>();
  const roles = new Map<string, Role>();
  return text.split('\n').flatMap((raw, index) => {
    const line = raw.trim();
    if (line === '' || line.startsWith('#')) return [];
    const [, name = '', auditor, hex = ''] = LINE.exec(line) ?? [];
    const role = auditor === undefined ? 'operator' : 'auditor';
    if (!NAME.test(name)) {
      refuse(
        'BAD_CONFIG',
        'caller',
        `line ${index + 1}: expected a name, role=auditor or nothing, and sha256:<64 hexadecimal digits>`,
      );
    }
    const holder = holders.get(hex) ?? name;
    if (holder !== name) {
      refuse('BAD_CONFIG', 'caller', `line ${index + 1}: ${name} has the token of ${holder}`);
    }
    if ((roles.get(name) ?? role) !== role) {
      refuse(
        'BAD_CONFIG',
        'caller',
        `line ${index + 1}: ${name} is an operator and an auditor: give it two names`,
      );
    }
    holders.set(hex, name);
    roles.set(name, role);
    return [{ name, role, hash: fromHex(hex) }];
  });
}
