/** The thread that computes the agreements of a session, one pair after the other. */
import { parentPort, workerData } from 'node:worker_threads';
import { equalBytes, wipe } from '../../../../crypto/bytes.js';
import {
  type Agreement,
  agreement,
  type ImportedKeys,
  maskPrivateKey,
  publicKeyOf,
  sharePrivateKey,
} from '../../../../crypto/key-agreement.js';
import { type AgreementTable, KINDS, learn } from './table.js';

export interface AheadWork {
  readonly table: AgreementTable;
  /** Two positions for each pair. */
  readonly ends: Uint32Array;
  /** By position: public keys, of masks and of shares. */
  readonly publicKeys: readonly (readonly [Uint8Array, Uint8Array])[];
  /** By position: the seeds of both keys are among these. */
  readonly drawn: readonly (readonly Uint8Array[])[];
}

const DERIVED = [maskPrivateKey, sharePrivateKey] as const;

function work({ table, ends, publicKeys, drawn }: AheadWork): void {
  const imported: ImportedKeys = new Map();
  const agreements = new Map<number, Agreement | null>();
  const agreeing = (position: number, kind: number): Agreement | null => {
    const place = KINDS * position + kind;
    const known = agreements.get(place);
    if (known !== undefined) return known;
    const made = agreementFor(
      drawn[position] ?? [],
      kind,
      publicKeys[position]?.[kind] as Uint8Array,
      imported,
    );
    agreements.set(place, made);
    return made;
  };
  for (let pair = 0; pair < ends.length / 2; pair += 1) {
    const [one, other] = [ends[2 * pair] as number, ends[2 * pair + 1] as number];
    for (let kind = 0; kind < KINDS; kind += 1) {
      const place = KINDS * pair + kind;
      if (Atomics.load(table.isKnown, place) !== 0) continue;
      const secret = agreeing(one, kind)?.(publicKeys[other]?.[kind] as Uint8Array);
      if (secret !== undefined) learn(table, place, secret);
    }
  }
  for (const seeds of drawn) wipe(...seeds);
}

/** Null: none of the seeds gives this key. */
function agreementFor(
  drawn: readonly Uint8Array[],
  kind: number,
  publicKey: Uint8Array,
  imported: ImportedKeys,
): Agreement | null {
  for (const seed of drawn) {
    const privateKey = (DERIVED[kind] as (seed: Uint8Array) => Uint8Array)(seed);
    if (equalBytes(publicKeyOf(privateKey), publicKey)) return agreement(privateKey, imported);
  }
  return null;
}

work(workerData as AheadWork);
parentPort?.postMessage('done');
