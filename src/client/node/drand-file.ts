/**
 * A beacon's values from a file: one JSON object a line, as a drand node answers `/public/<round>` or `/public/latest`:
 * {"round": 1000, "signature": "<hex>"}, and whatever else. Something else fetches them, with curl from a timer say. Every value is verified, so neither the file nor whoever serves the values need be trusted.
 */
import { fromHex } from '../../../crypto/bytes.js';
import { beaconRandomness, verifyBeaconSignature } from '../../../crypto/beacon-signature.js';
import { z } from 'zod';
import type { BeaconChain, BeaconSource, BeaconValue } from '../../protocol/beacon.js';
import { readText } from './files.js';

export interface DrandFile {
  readonly chain: BeaconChain;
  /** 96 bytes. */
  readonly publicKey: Uint8Array;
  readonly path: string;
}

const hex = z.string().regex(/^([0-9a-f]{2})*$/);
const line = z.object({ round: z.number().int().min(1), signature: hex });

/** The file is read until a value is there: it grows. A value never changes, and is verified once. */
export function createDrandFile(file: DrandFile): BeaconSource {
  let last: BeaconValue | null = null;
  return {
    chain: file.chain,
    value: (round) =>
      Promise.resolve().then(() => {
        if (last?.round !== round) last = drandValue(file, round);
        return last;
      }),
  };
}

/**
 * Null while no line of the file has the round with its signature. Other lines say nothing: one may be half written.
 * @throws BlindsumError UNREADABLE_FILE naming the path
 */
export function drandValue({ publicKey, path }: DrandFile, round: number): BeaconValue | null {
  for (const text of readText(path).split('\n')) {
    const entry = parsed(text);
    if (entry?.round !== round) continue;
    const signature = fromHex(entry.signature);
    if (!verifyBeaconSignature({ publicKey, round, signature })) continue; // check: A3b
    return { round, randomness: beaconRandomness(signature) };
  }
  return null;
}

function parsed(text: string): z.infer<typeof line> | null {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return null;
  }
}
