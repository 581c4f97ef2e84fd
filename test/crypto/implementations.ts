/**
 * The whole of crypto/ twice, once on each backend, so that every known answer is asked of both.
 *
 * Classes are different objects in the two: compare errors with the one from the same copy.
 */
import { jest } from '@jest/globals';
import type * as Crypto from '../../crypto/index.js';

export type CryptoModule = typeof Crypto;

async function load(name: 'node' | 'portable'): Promise<CryptoModule> {
  const { backend } =
    name === 'node'
      ? await import('../../crypto/backend/node.js')
      : await import('../../crypto/backend/portable.js');
  jest.resetModules();
  jest.unstable_mockModule('#crypto-backend', () => ({ backend }));
  const inUse = (await import('#crypto-backend')).backend.name;
  if (inUse !== name) throw new Error(`wanted the ${name} backend, got ${inUse}`);
  return await import('../../crypto/index.js');
}

export const onNode = await load('node');
export const onPortable = await load('portable');

/** For `describe.each`. */
export const implementations: readonly (readonly ['node' | 'portable', CryptoModule])[] = [
  ['node', onNode],
  ['portable', onPortable],
];
