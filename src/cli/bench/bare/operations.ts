/** What node:crypto alone needs for the key agreements and signature checks of a round, with the import of each peer's key. */
import {
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  type JsonWebKey,
  type KeyObject,
  sign,
  verify,
} from 'node:crypto';
import { median } from '../../median.js';

/** As long as the r0 of a participant. */
const MESSAGE = new Uint8Array(220);

export interface BareSeconds {
  readonly agree: number;
  readonly verify: number;
}

/** Medians of at least 20 rounds: each takes some milliseconds. @param others how many of each operation make a round */
export function bareSeconds(others: number, repeats: number): BareSeconds {
  const { privateKey } = generateKeyPairSync('x25519');
  const peers = Array.from({ length: others }, () => jwkOf(generateKeyPairSync('x25519').publicKey));
  const signed = Array.from({ length: others }, () => {
    const pair = generateKeyPairSync('ed25519');
    return { key: jwkOf(pair.publicKey), signature: sign(null, MESSAGE, pair.privateKey) };
  });
  const rounds = Math.max(20, repeats);
  return {
    agree: medianOf(rounds, () => {
      for (const peer of peers) diffieHellman({ privateKey, publicKey: imported(peer) });
    }),
    verify: medianOf(rounds, () => {
      for (const { key, signature } of signed) verify(null, MESSAGE, imported(key), signature);
    }),
  };
}

const jwkOf = (key: KeyObject): JsonWebKey => key.export({ format: 'jwk' });
const imported = (key: JsonWebKey): KeyObject => createPublicKey({ key, format: 'jwk' });

function medianOf(rounds: number, work: () => void): number {
  const seconds = Array.from({ length: rounds }, () => {
    const startedMs = performance.now();
    work();
    return (performance.now() - startedMs) / 1000;
  });
  return median(seconds);
}
