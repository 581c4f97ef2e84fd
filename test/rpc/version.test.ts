// Versions of client and coordinator: neighbours work together, others are told which side to upgrade.
import { afterEach, describe, expect, test } from '@jest/globals';
import {
  Metadata,
  type sendUnaryData,
  Server,
  type ServerUnaryCall,
  type ServerWritableStream,
  status,
} from '@grpc/grpc-js';
import type { MethodDefinition } from '@grpc/proto-loader';
import { errorLine, exitCodeOf } from '../../src/cli/errors.js';
import { createGrpcTransport } from '../../src/client/node/grpc-transport.js';
import { DEFAULT_SERVER_LIMITS } from '../../src/coordinator/grpc/server-limits.js';
import { Tls13ServerCredentials } from '../../src/coordinator/grpc/tls13-credentials.js';
import { openChannel } from '../../src/rpc/grpc-channel.js';
import { loadProtos } from '../../src/rpc/protos.js';
import { PROTOCOL_REVISION, readRevision, VERSION } from '../../src/rpc/version.js';
import { collect, devTls, refusalOf, signed, startWorld, type World } from './fakes.js';
import { rawClient } from './helpers/raw-client.js';
import { runSession, serve } from './helpers/served.js';

const SESSION = 'ab'.repeat(32);
const HERE = 5;
const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function world(...args: Parameters<typeof startWorld>): Promise<World> {
  const made = await startWorld(...args);
  cleanup.push(() => made.close());
  return made;
}
const answering = {
  getTask: async () => ({ task: signed(1), pinned: null, revocations: [] }),
  getOutcome: async () => ({ result: null, abort: null }),
};
const empty = { listTasks: async () => [] };

describe('a whole session', () => {
  test.each([HERE - 1, HERE, HERE + 1])(
    'a client of version 5 and a coordinator of version %i',
    async (it) => {
      const served = await serve({ revision: it });
      cleanup.push(() => served.close());
      const { sums, expected } = await runSession(served, { revision: HERE });
      expect(sums).toEqual([expected, expected, expected]);
    },
  );

  test('fields that only the other side knows are ignored, in requests and in replies', async () => {
    let added = 0;
    const definitions = Object.values({ ...loadProtos().participant, ...loadProtos().operator });
    for (const method of new Set(definitions as MethodDefinition<object, object>[])) {
      const { requestSerialize, responseSerialize } = method;
      // Field 900, length-delimited: 'later'; field 901, varint: 7.
      const later = Buffer.from([0xa2, 0x38, 5, 0x6c, 0x61, 0x74, 0x65, 0x72, 0xa8, 0x38, 7]);
      const extended = (serialize: typeof requestSerialize) => (value: object) => {
        added += 1;
        return Buffer.concat([serialize(value), later]);
      };
      Object.assign(method, {
        requestSerialize: extended(requestSerialize),
        responseSerialize: extended(responseSerialize),
      });
      cleanup.push(() => void Object.assign(method, { requestSerialize, responseSerialize }));
    }
    const served = await serve({ revision: HERE + 1 });
    cleanup.push(() => served.close());
    const { sums, expected } = await runSession(served, { revision: HERE });
    expect(sums).toEqual([expected, expected, expected]);
    expect(added).toBeGreaterThan(50);
  });
});

describe('the coordinator refuses', () => {
  test.each([
    [HERE - 2, 'upgrade the client'],
    [HERE + 2, 'upgrade the coordinator'],
    [0, 'upgrade the client'],
    [999_999_999, 'upgrade the coordinator'],
  ])('a client of version %i: %s', async (revision, advice) => {
    const made = await world(answering, empty, { revision: HERE });
    const calls = [
      () => made.participant({ revision }).getOutcome(SESSION),
      () => made.participant({ revision }).getTask(SESSION),
      () => made.operator({ revision }).listTasks(),
    ];
    for (const call of calls) {
      const refusal = await refusalOf(call());
      expect(refusal.code).toBe('UNSUPPORTED_VERSION');
      expect(refusal.message).toBe(
        `the client speaks protocol version ${revision}, the coordinator ${HERE}: ${advice}`,
      );
    }
    // Not only our own client, which would refuse as well.
    const raw = await rawClient(made, undefined, { [VERSION]: [String(revision)] });
    cleanup.push(() => raw.close());
    expect(await raw.call('GetOutcome', Buffer.from(`\x0a\x40${SESSION}`))).toBe('UNSUPPORTED_VERSION');
  });

  test.each([
    ['no version', []],
    ['a word', ['abc']],
    ['a leading zero', ['01']],
    ['a sign', ['-1']],
    ['a plus', ['+1']],
    ['a fraction', ['1.0']],
    ['nothing', ['']],
    ['more digits than a version has', ['1000000000']],
    ['two that are the same', [`${PROTOCOL_REVISION}`, `${PROTOCOL_REVISION}`]],
    ['two that differ', [`${PROTOCOL_REVISION}`, `${PROTOCOL_REVISION + 1}`]],
  ])('a client that names %s', async (_, values) => {
    const made = await world(answering);
    const raw = await rawClient(made, undefined, { [VERSION]: values });
    cleanup.push(() => raw.close());
    const request = Buffer.from(`\x0a\x40${SESSION}`);
    expect(await raw.call('GetOutcome', request)).toBe('UNSUPPORTED_VERSION');
    expect(raw.message()).toBe(
      `the client speaks protocol version (none named), the coordinator ${PROTOCOL_REVISION}: upgrade the client`,
    );
  });

  test('before it looks at the token', async () => {
    const made = await world(answering, {}, { revision: HERE });
    const stranger = made.participant({ token: async () => 'none', revision: HERE + 2 });
    expect((await refusalOf(stranger.getOutcome(SESSION))).code).toBe('UNSUPPORTED_VERSION');
    const neighbour = made.participant({ token: async () => 'none', revision: HERE + 1 });
    expect((await refusalOf(neighbour.getOutcome(SESSION))).code).toBe('UNAUTHENTICATED');
  });

  test('whoever calls but not who asks for its health', async () => {
    const raw = await rawClient(await world({}), null, { [VERSION]: [] });
    cleanup.push(() => raw.close());
    expect(await raw.call('/grpc.health.v1.Health/Check', Buffer.alloc(0))).toBe('accepted');
  });
});

describe('the client refuses, without using the reply,', () => {
  /** A coordinator that talks to every client, and names these versions. */
  async function tolerant(values: readonly string[]) {
    const { caPem, certPem, keyPem } = await devTls();
    const named = new Metadata();
    for (const value of values) named.add(VERSION, value);
    const server = new Server();
    server.addService(loadProtos().participant, {
      GetOutcome(call: ServerUnaryCall<unknown, unknown>, callback: sendUnaryData<unknown>) {
        call.sendMetadata(named);
        callback(null, {});
      },
      // Status and version in one: nothing else is sent.
      Consistency(_: unknown, callback: sendUnaryData<unknown>) {
        callback({ code: status.UNAUTHENTICATED, details: 'another reason', metadata: named });
      },
      GetInput(call: ServerWritableStream<unknown, unknown>) {
        call.sendMetadata(named);
        call.write({ totalBytes: 1, chunk: Buffer.from('x') });
        call.end();
      },
      WatchSession: (call: ServerWritableStream<unknown, unknown>) => call.end(named),
    });
    const credentials = new Tls13ServerCredentials({ certPem, keyPem }, DEFAULT_SERVER_LIMITS);
    const port = await new Promise<number>((resolve, reject) =>
      server.bindAsync('127.0.0.1:0', credentials, (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const client = createGrpcTransport({
      coordinator: `127.0.0.1:${port}`,
      ca: caPem,
      token: async () => 'any',
      certificate: null,
      revision: HERE,
    });
    cleanup.push(() => (client.close(), server.forceShutdown()));
    return {
      outcome: () => client.getOutcome(SESSION),
      refusal: () => client.consistency(SESSION, signed(1)),
      input: () => client.getInput(SESSION),
      watch: () => collect(client.watchSession(SESSION, new AbortController().signal)),
    };
  }

  test.each([
    ['3', ['3'], 'upgrade the coordinator'],
    ['7', ['7'], 'upgrade the client'],
    ['(none named)', ['abc'], 'upgrade the coordinator'],
    ['(none named)', ['5', '5'], 'upgrade the coordinator'],
  ])('a coordinator of version %s %j: %s', async (shown, values, advice) => {
    const calls = await tolerant(values);
    const message = `the client speaks protocol version 5, the coordinator ${shown}: ${advice}`;
    for (const call of Object.values(calls)) {
      const refusal = await refusalOf(call());
      expect([refusal.code, refusal.message]).toEqual(['UNSUPPORTED_VERSION', message]);
    }
  });

  test('a coordinator that names no version, unless it was somebody on the way who refused', async () => {
    const { outcome, input, watch, refusal } = await tolerant([]);
    for (const call of [outcome, input, watch]) {
      expect((await refusalOf(call())).code).toBe('UNSUPPORTED_VERSION');
    }
    expect((await refusalOf(refusal())).code).toBe('UNAUTHENTICATED');
  });

  test('but not a neighbour', async () => {
    for (const value of ['4', '6']) {
      const { outcome, input, watch, refusal } = await tolerant([value]);
      expect(await outcome()).toEqual({ result: null, abort: null });
      expect(await input()).toEqual(new Uint8Array([0x78]));
      expect(await watch()).toEqual([]);
      expect((await refusalOf(refusal())).code).toBe('UNAUTHENTICATED');
    }
  });
});

test('a method that the coordinator does not know: UNSUPPORTED, in words', async () => {
  const { address, caPem } = await world({});
  const channel = openChannel(address, { ca: caPem }, async () => new Metadata());
  cleanup.push(() => channel.close());
  const { GetOutcome, GetTask } = loadProtos().participant;
  const unary = { ...GetOutcome, path: '/blindsum.v1.ParticipantService/GetLater' };
  const stream = { ...GetTask, path: '/blindsum.v9.LaterService/WatchLater' };
  const refusals = [
    await refusalOf(channel.unary(unary, { sessionId: SESSION })),
    await refusalOf(collect(channel.reply(stream, { taskId: SESSION }))),
  ];
  expect(refusals.map(({ code, message }) => [code, message])).toEqual([
    ['UNSUPPORTED', `${address} does not offer GetLater`],
    ['UNSUPPORTED', `${address} does not offer WatchLater`],
  ]);
});

test('the command line says what to do, and that it could not be tried', async () => {
  const made = await world(answering, {}, { revision: HERE });
  const refusal = await refusalOf(made.participant({ revision: HERE + 2 }).getOutcome(SESSION));
  expect(errorLine(refusal)).toEqual({
    code: 'UNSUPPORTED_VERSION',
    fault: 'environment',
    message: 'the client speaks protocol version 7, the coordinator 5: upgrade the coordinator',
  });
  expect(exitCodeOf(refusal)).toBe(3);
});

test('a version is one decimal integer', () => {
  expect(readRevision(['0'])).toBe(0);
  expect(readRevision(['12'])).toBe(12);
  for (const values of [[], ['1', '1'], ['٣'], [' 1'], ['1\n'], [Buffer.from('1')]]) {
    expect(readRevision(values)).toBeNull();
  }
});
