// Requests of very many elements are refused before they become as many objects, however they are written down.
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkElements, shapeOf } from '../../src/coordinator/grpc/request-shape.js';
import { isBlindsumError } from '../../src/protocol/errors.js';
import { requestLimits } from '../../src/rpc/limits.js';
import { loadProtos } from '../../src/rpc/protos.js';
import { PARTICIPANT, signed, startWorld, type World } from './fakes.js';
import { type RawClient, rawClient } from './helpers/raw-client.js';

const MIB = 2 ** 20;
const { participant: service } = loadProtos();
const shape = shapeOf('ShareKeysRequest');
const shareKeys = requestLimits(service.ShareKeys.path);

const bytes = (...parts: (number | Uint8Array)[]): Uint8Array =>
  Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.of(part) : part)));
const repeated = (element: Uint8Array, length: number): Uint8Array => Buffer.alloc(length, element);
const varint = (value: number): Uint8Array =>
  value < 128 ? bytes(value) : bytes((value % 128) + 128, varint(Math.floor(value / 128)));
const field = (tag: number, content: Uint8Array): Uint8Array => bytes(tag, varint(content.length), content);

/** Tags of ShareKeysRequest, in length-delimited form. */
const SESSION_ID = 0x0a;
const MESSAGE = 0x12;
const HOLDERS = 0x1a;
const LEAVES = 0x32;
const UNKNOWN = 0x7a;
const EMPTY_MESSAGES = repeated(bytes(MESSAGE, 0), 7 * MIB);

describe('over the wire', () => {
  let world: World;
  let client: RawClient;
  let calls = 0;
  beforeEach(async () => {
    calls = 0;
    const called = async (): Promise<void> => void (calls += 1);
    world = await startWorld({ shareKeys: called, unmask: called, beginUpload: called as never });
    client = await rawClient(world);
  });
  afterEach(async () => {
    client.close();
    await world.close();
  });

  test.each([
    ['leaves', 'ShareKeys', repeated(bytes(LEAVES, 0), 8 * MIB - 2)],
    ['copies of the signed message', 'ShareKeys', repeated(bytes(MESSAGE, 0), 8 * MIB - 2)],
    ['payloads within it', 'ShareKeys', field(MESSAGE, repeated(bytes(0x0a, 0), 7 * MIB))],
    ['unknown fields', 'ShareKeys', repeated(bytes(UNKNOWN, 0), 8 * MIB - 2)],
    ['shares', 'Unmask', repeated(bytes(0x22, 0), 2 * MIB)],
    ['shares of an answer', 'AnswerComplaint', repeated(bytes(0x22, 0), 60_000)],
    ['signed headers', 'BeginUpload', repeated(bytes(0x12, 0), 400_000)],
  ])('millions of %s: TOO_LARGE', async (_what, method, request) => {
    expect(await client.call(method, request)).toBe('TOO_LARGE');
    expect(calls).toBe(0);
  });

  /** With these, a request that gets past the walk is one that the service takes. */
  const whole = bytes(field(SESSION_ID, bytes(0)), field(MESSAGE, field(0x0a, bytes(0))));

  test.each([
    [
      'a message whose tag says number',
      bytes(0x10, varint(EMPTY_MESSAGES.length + 5), field(SESSION_ID, EMPTY_MESSAGES)),
    ],
    ['a number whose tag says bytes', field(HOLDERS, EMPTY_MESSAGES)],
    [
      'a number of seven bytes, where the parser takes ten',
      // Three of them from the unknown field; what is left of its head is to the parser an unknown number.
      bytes(0x18, repeated(bytes(0x80), 6), 0, field(UNKNOWN, bytes(0, EMPTY_MESSAGES))),
    ],
    ['groups within groups', repeated(bytes(0x7b), 7 * MIB)],
  ])('%s: MALFORMED', async (_what, request) => {
    expect(await client.call('ShareKeys', bytes(whole, request))).toBe('MALFORMED');
    expect(calls).toBe(0);
  });

  test.each([
    ['BeginUpload', 512 * 1024],
    ['CommitUpload', 64 * 1024],
    ['Unmask', 2 * MIB],
    ['AnswerComplaint', 64 * 1024],
    ['ShareKeys', 8 * MIB],
  ])('%s takes %d bytes and no more', async (method, limit) => {
    const path = `/blindsum.v1.ParticipantService/${method}`;
    expect(requestLimits(path).bytes).toBe(limit);
    if (limit < 8 * MIB)
      expect(await client.call(method, field(UNKNOWN, repeated(bytes(0), limit)))).toBe('TOO_LARGE');
  });

  test('who has no token cannot make the health service parse much', async () => {
    const anyone = await rawClient(world, null);
    const path = '/grpc.health.v1.Health/Check';
    expect(await anyone.call(path, new Uint8Array(0))).toBe('accepted');
    expect(await anyone.call(path, repeated(bytes(0x0a, 0), 4096))).toBe('accepted');
    expect(await anyone.call(path, repeated(bytes(0x0a, 0), 4098))).toBe('TOO_LARGE');
    anyone.close();
  });
});

describe('what is counted', () => {
  const { operator } = loadProtos();
  const createTask = requestLimits(operator.CreateTask.path);
  const pinning = (count: number): Uint8Array =>
    operator.CreateTask.requestSerialize({
      ...{ task: signed(1), hasPinned: true },
      pinned: Array.from({ length: count }, () => PARTICIPANT.publicKey as Buffer),
    });

  test('every entry of a list is an element; the bounds are exact', () => {
    const check = (count: number) => () =>
      checkElements(pinning(count), shapeOf('CreateTaskRequest'), createTask);
    // Two elements are the task and that it pins a list.
    check(createTask.elements - 2)();
    expect(check(createTask.elements - 1)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  });

  test('every field of a message within it is a part', () => {
    const check = (parts: number) => () =>
      checkElements(field(MESSAGE, repeated(bytes(UNKNOWN, 0), 2 * parts)), shape, shareKeys);
    check(shareKeys.parts)();
    expect(check(shareKeys.parts + 1)).toThrow(expect.objectContaining({ code: 'TOO_LARGE' }));
  });

  test('whatever is let through, the parser makes no more of it', () => {
    const limits = { bytes: Infinity, elements: 3, parts: 1 };
    // Fields within fields, whatever their types; some lengths longer than they need be.
    const padded = (value: number, more: number): Uint8Array =>
      more === 0 ? bytes(value) : bytes(value + 128, repeated(bytes(128), more - 1), 0);
    const { content } = fc.letrec<Record<'content' | 'field', Uint8Array>>((tie) => ({
      content: fc
        .oneof(
          { maxDepth: 4, withCrossShrink: true },
          fc.constant([]),
          fc.array(tie('field'), { maxLength: 4 }),
        )
        .map((fields) => bytes(...fields)),
      field: fc
        .tuple(
          fc.constantFrom(0x0a, 0x12, 0x18, 0x2a, 0x28, 0x7a),
          fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(8) }),
          tie('content'),
        )
        .map(([tag, more, inner]) => bytes(tag, padded(inner.length % 128, more), inner)),
    }));
    let parsed = 0;
    const property = fc.property(content, (made) => {
      const request = Buffer.from(made);
      try {
        checkElements(request, shapeOf('OpenSessionRequest'), limits);
      } catch (error) {
        return isBlindsumError(error);
      }
      let grants;
      try {
        ({ grants } = operator.OpenSession.requestDeserialize(request));
      } catch {
        return true;
      }
      parsed += 1;
      return grants.length <= limits.elements;
    });
    fc.assert(property, { numRuns: 20_000, seed: 4 });
    expect(parsed).toBeGreaterThan(100);
  });
});
