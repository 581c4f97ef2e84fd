/**
 * Payload codecs (PROTOCOL §3). A payload is the deterministic CBOR of an array that begins with the message's label,
 * followed by its fields in the order written here. What decodes is exactly what encodes: unknown keys, missing fields,
 * other encodings of the same value are MALFORMED.
 */
import { z } from 'zod';
import { isBytes } from '../../crypto/bytes.js';
import { type CborValue, decodeCanonical, encodeCanonical } from '../../crypto/canonical.js';
import { BlindsumError } from './errors.js';

export interface Codec<T> {
  readonly label: string;
  encode(body: T): Uint8Array;
  /** @throws BlindsumError MALFORMED (fault peer) */
  decode(payload: Uint8Array): T;
}

export function codec<S extends z.ZodRawShape>(label: string, shape: S): Codec<z.infer<z.ZodObject<S>>> {
  const fields = Object.keys(shape);
  const schema = z.strictObject(shape);
  return {
    label,
    encode(body) {
      const record = schema.parse(body) as Record<string, CborValue>;
      return encodeCanonical([label, ...fields.map((field) => record[field] as CborValue)]);
    },
    decode(payload) {
      const values = decodeArray(label, payload, fields.length);
      const body: Record<string, CborValue | undefined> = {};
      fields.forEach((field, index) => (body[field] = values[index]));
      const parsed = schema.safeParse(body);
      if (!parsed.success) throw malformed(label, describe(parsed.error)); // check: C14
      return parsed.data;
    },
  };
}

function decodeArray(label: string, payload: Uint8Array, fieldCount: number): CborValue[] {
  let decoded: CborValue;
  try {
    decoded = decodeCanonical(payload);
  } catch (cause) {
    throw malformed(label, 'not canonical CBOR', cause);
  }
  if (!Array.isArray(decoded)) throw malformed(label, 'not an array');
  if (decoded[0] !== label) throw malformed(label, 'wrong label'); // check: C11, C14
  if (decoded.length !== fieldCount + 1) throw malformed(label, 'wrong number of fields'); // check: C14
  return decoded.slice(1) as CborValue[];
}

// Names the field only: the value may be secret or hostile.
function describe({ issues: [issue] }: z.ZodError): string {
  return `field ${(issue as z.core.$ZodIssue).path.join('.')} is wrong`;
}

function malformed(label: string, what: string, cause?: unknown): BlindsumError {
  return new BlindsumError('MALFORMED', 'peer', `${label}: ${what}`, { cause });
}

/** Byte strings, of exactly `length` bytes when given. */
export const bytes = (length?: number) => z.custom<Uint8Array>((value) => isBytes(value, length));
export const bytes32 = bytes(32);
export const uint = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
export const uint32 = z.number().int().min(0).max(0xffffffff);
export const text = (max: number) => z.string().min(1).max(max);

/**
 * A list of at most `max` items. Stops at the first bad one: a parser that collects a complaint per item lets one message
 * of a million bad items block everybody for seconds.
 */
export const list = <T>(item: z.ZodType<T>, max: number, min = 0) =>
  z.custom<T[]>(
    (value) =>
      Array.isArray(value) &&
      value.length >= min &&
      value.length <= max &&
      value.every((element) => item.safeParse(element).success),
  );

/** A map of at most `max` names to integers. */
export const integers = (max: number) =>
  z.custom<Record<string, number>>((value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
    const entries = Object.entries(value);
    return (
      entries.length <= max && entries.every(([name, integer]) => name.length <= 16 && isUint32(integer))
    );
  });

const isUint32 = (value: unknown): boolean => uint32.safeParse(value).success;
