/**
 * What a request may consist of, looked at before it is parsed: parsing makes an object of every element, and two bytes
 * are enough for an element, so that 8 MiB could become four million objects before anything is checked.
 *
 * Security: the walk must see what the parser will see. protobufjs takes the wire type of a known field on trust, and ten
 * bytes for any number that does not end within five: with either, bytes that are skipped here would be elements there.
 * So known fields have exactly the wire type of their declaration and numbers no more bytes than their type needs; what
 * is not known is skipped the same way on both sides.
 */
import { BlindsumError } from '../../protocol/errors.js';
import type { RequestLimits } from '../../rpc/limits.js';
import { loadProtos } from '../../rpc/protos.js';

const VARINT = 0;
const FIXED64 = 1;
const LENGTH = 2;
const FIXED32 = 5;

interface Field {
  readonly wireType: number;
  /** VARINT: longest encoding. */
  readonly maxBytes: number;
  /** Fields of the message that it holds. */
  readonly nested: Shape | null;
}

/** By field number. */
type Shape = ReadonlyMap<number, Field>;

/** What proto-loader says about a message, as far as it matters here. */
interface Descriptor {
  readonly field: readonly {
    readonly number: number;
    readonly type: string;
    readonly typeName: string;
    readonly label: string;
  }[];
}

const PACKAGE = 'blindsum.v1';
const WIRE_TYPES: Readonly<Record<string, number>> = {
  TYPE_STRING: LENGTH,
  TYPE_BYTES: LENGTH,
  TYPE_MESSAGE: LENGTH,
  TYPE_BOOL: VARINT,
  TYPE_ENUM: VARINT,
  TYPE_UINT32: VARINT,
  TYPE_UINT64: VARINT,
  TYPE_DOUBLE: FIXED64,
};

/** @param name of a message of protos/, such as 'ShareKeysRequest' */
export function shapeOf(name: string): Shape {
  const definition = loadProtos().definition[`${PACKAGE}.${name}`];
  if (definition === undefined || !('type' in definition)) throw new Error(`no message ${name}`);
  const { field: fields } = definition.type as Descriptor;
  return new Map(
    fields.map(({ number, type, typeName, label }) => {
      const wireType = WIRE_TYPES[type];
      // Packed lists of numbers would need counting, too; so far no request has one.
      if (wireType === undefined || (label === 'LABEL_REPEATED' && wireType !== LENGTH)) {
        throw new Error(`${name}: requests have no fields of this kind`);
      }
      const nested = type === 'TYPE_MESSAGE' ? shapeOf(typeName) : null;
      return [number, { wireType, maxBytes: type === 'TYPE_UINT64' ? 10 : 5, nested }];
    }),
  );
}

/** @throws BlindsumError TOO_LARGE, MALFORMED */
export function checkElements(bytes: Uint8Array, shape: Shape, { elements, parts }: RequestLimits): void {
  walk({ bytes, at: 0 }, bytes.length, shape, elements, parts);
}

interface Cursor {
  readonly bytes: Uint8Array;
  at: number;
}

/** @param limit of fields of this message @param parts of fields of every message within it */
function walk(cursor: Cursor, end: number, shape: Shape, limit: number, parts: number): void {
  for (let count = 0; cursor.at < end; count += 1) {
    if (count === limit) {
      throw new BlindsumError('TOO_LARGE', 'peer', `a message of more than ${limit} elements`);
    }
    const tag = varint(cursor, end, 5);
    const wireType = tag % 8;
    const field = shape.get(Math.floor(tag / 8));
    if (tag >= 2 ** 32) malformed();
    if (field !== undefined && field.wireType !== wireType) malformed(); // check: C14
    const length = lengthOf(cursor, end, wireType, field?.maxBytes ?? 10);
    if (length > end - cursor.at) malformed();
    if (field?.nested) walk(cursor, cursor.at + length, field.nested, parts, parts);
    else cursor.at += length;
  }
}

/** Bytes of the value that the cursor then stands before. */
function lengthOf(cursor: Cursor, end: number, wireType: number, maxBytes: number): number {
  switch (wireType) {
    case VARINT:
      varint(cursor, end, maxBytes);
      return 0;
    case FIXED64:
      return 8;
    case LENGTH:
      return varint(cursor, end, 5);
    case FIXED32:
      return 4;
    default:
      // Groups: nothing here has any, and they can be nested without end.
      return malformed();
  }
}

/** Not exact beyond 2^53; longer ones are only skipped. */
function varint(cursor: Cursor, end: number, maxBytes: number): number {
  let value = 0;
  for (let index = 0; index < maxBytes && cursor.at < end; index += 1) {
    const byte = cursor.bytes[cursor.at] as number;
    cursor.at += 1;
    value += (byte & 127) * 2 ** (7 * index);
    if (byte < 128) return value;
  }
  return malformed();
}

function malformed(): never {
  throw new BlindsumError('MALFORMED', 'peer', 'the request is not valid protobuf');
}
