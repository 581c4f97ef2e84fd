/** Changes to the records of a transcript, by kind and sender. */
import { toHex } from '../../../crypto/bytes.js';
import type { FindingCode } from '../../../src/audit/codes.js';
import { type Kind, readRecord } from '../../../src/audit/records.js';
import type { Finding, Verdict } from '../../../src/audit/types.js';
import type { Codec } from '../../../src/protocol/codec.js';
import { type Signed, signedLeaf } from '../../../src/protocol/signed.js';
import { altered, type Party } from '../../helpers/protocol.js';

export type Edit = (records: Signed[]) => readonly Signed[];

export const kindOf = (signed: Signed): Kind | undefined => readRecord(signedLeaf(signed), 0)?.kind;

/** Index of the record of this kind, of this sender if one is given. */
export function find(records: readonly Signed[], kind: Kind, by?: Party): number {
  const index = records.findIndex((signed) => {
    const record = readRecord(signedLeaf(signed), 0);
    return record?.kind === kind && (by === undefined || record.sender === toHex(by.identity));
  });
  if (index < 0) throw new Error(`there is no ${kind}`);
  return index;
}

export const without =
  (kind: Kind, by?: Party): Edit =>
  (records) =>
    records.filter((_, index) => index !== find(records, kind, by));

export const replace =
  (kind: Kind, by: Party | undefined, change: (signed: Signed) => Signed | readonly Signed[]): Edit =>
  (records) => {
    const at = find(records, kind, by);
    return records.flatMap((signed, index) => (index === at ? change(signed) : signed));
  };

/** The record signed again by its author, with other contents: what a participant does that the coordinator has bought. */
export const bought = <T>(kind: Kind, codec: Codec<T>, by: Party, changes: Partial<T>, signer = by): Edit =>
  replace(kind, by, (signed) => altered(codec, signed, signer, changes));

export const all =
  (...edits: readonly Edit[]): Edit =>
  (records) =>
    edits.reduce<readonly Signed[]>((before, edit) => edit([...before]), records);

export const codes = ({ findings }: Verdict): string[] =>
  [...new Set(findings.map(({ code }) => code))].sort();

export function finding({ findings }: Verdict, code: FindingCode): Finding {
  const found = findings.find((candidate) => candidate.code === code);
  if (found === undefined) throw new Error(`no ${code}, but ${findings.map((one) => one.code).join(', ')}`);
  return found;
}
