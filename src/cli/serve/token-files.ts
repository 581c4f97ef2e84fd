/** The operators' tokens as the coordinator reads them: names and hashes in one file, or one token in another. */
import { readText } from '../../client/node/files.js';
import {
  type OperatorToken,
  operatorToken,
  parseOperatorTokens,
} from '../../coordinator/grpc/operator-tokens.js';
import { BlindsumError } from '../../protocol/errors.js';

export interface TokenFiles {
  /** Lines of names and hashes. */
  readonly list: string | undefined;
  /** One token, whose holder is called `operator`. */
  readonly single: string | undefined;
}

const HOLDER = 'operator';

/** An empty list is one: everybody in it was taken out. @throws BlindsumError UNREADABLE_FILE, BAD_CONFIG */
export const readTokens = ({ list, single }: TokenFiles): OperatorToken[] => [
  ...(list === undefined ? [] : inFile(list, () => parseOperatorTokens(readText(list)))),
  ...(single === undefined ? [] : inFile(single, () => [operatorToken(HOLDER, readText(single).trim())])),
];

function inFile(path: string, read: () => OperatorToken[]): OperatorToken[] {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof BlindsumError)) throw error;
    const isMissing = error.code === 'UNREADABLE_FILE' && /no such file/.test(error.message);
    const message = isMissing
      ? `${error.message}; ${howToMake(path)}`
      : error.message.startsWith(path)
        ? error.message
        : `${path}: ${error.message}`;
    throw new BlindsumError(error.code, error.fault, message, { cause: error });
  }
}

export const howToMake = (path: string): string =>
  `make a token with: blindsum token create --name NAME --out NAME.token --add ${path}`;
