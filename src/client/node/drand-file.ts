/**
 * A beacon's values from a file: one JSON object a line, as a drand node answers `/public/<round>` or `/public/latest`:
 * {"round": 1000, "signature": "<hex>"}, and perhaps the value itself as "randomness". Something else fetches them, with
 * curl from a timer say. Every value is verified, so neither the file nor whoever serves the values need be trusted.
 */
import { equalBytes, fromHex } from '../../../crypto/bytes.js';
import { beaconRandomness, verifyBeaconSignature } from '../../../crypto/beacon-signature.js';
import { z } from 'zod';
import type { BeaconChain, BeaconSource, BeaconValue } from '../../protocol/beacon.js';
import { readText, unreadable } from './files.js';

export interface DrandFile {
  readonly chain: BeaconChain;
  /** 96 bytes. */
  readonly publicKey: Uint8Array;
  readonly path: string;
}

const hex = z.string().regex(/^([0-9a-f]{2})*$/);
const line = z.object({ round: z.number().int().min(1), randomness: hex.optional(), signature: hex });

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

/** Null while the round is not in the file. @throws BlindsumError UNREADABLE_FILE naming file and line */
export function drandValue({ publicKey, path }: DrandFile, round: number): BeaconValue | null {
  const found = readText(path)
    .split('\n')
    .map((text, index) => ({ text: text.trim(), number: index + 1 }))
    .filter(({ text }) => text !== '')
    .map(({ text, number }) => ({ ...parsed(path, text, number), number }))
    .find((entry) => entry.round === round);
  if (found === undefined) return null;
  const signature = fromHex(found.signature);
  const randomness = beaconRandomness(signature);
  const said = found.randomness === undefined ? randomness : fromHex(found.randomness);
  if (
    !equalBytes(randomness, said) || // check: A3b
    !verifyBeaconSignature({ publicKey, round, signature }) // check: A3b
  ) {
    throw unreadable(path, `line ${found.number}: this is not what the beacon signed for round ${round}`);
  }
  return { round, randomness };
}

function parsed(path: string, text: string, number: number): z.infer<typeof line> {
  try {
    return line.parse(JSON.parse(text));
  } catch (cause) {
    throw unreadable(path, `line ${number}: expected {"round": …, "signature": …}`, cause);
  }
}
