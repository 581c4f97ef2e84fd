// Refusals and failures: what the coordinator raises arrives unchanged, what goes wrong on the way has a code of its own.
import { afterEach, expect, jest, test } from '@jest/globals';
import { constants, createServer, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { type ServiceError, status } from '@grpc/grpc-js';
import { BlindsumError, ERROR_CODES, type ErrorCode } from '../../src/protocol/errors.js';
import { CODE, fromServiceError, toStatus } from '../../src/rpc/status.js';
import { COORDINATOR, fill, OPERATOR_TOKEN, refusalOf, signed, startWorld, type World } from './fakes.js';

const SESSION = 'ab'.repeat(32);
let world: World;
afterEach(() => world.close());

const forever = (signal?: AbortSignal): Promise<never> =>
  new Promise((_, reject) =>
    signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError'))),
  );

test('a refusal keeps code, fault, participant and message, in unary calls and in streams', async () => {
  const raised = new BlindsumError('BAD_DEALER', 'peer', 'shares of “ä” do not fit: 100% sure', {
    participant: fill(32, 9),
  });
  const raise = () => Promise.reject(raised);
  world = await startWorld({ commitUpload: raise, getRoster: raise });
  const client = world.participant();
  for (const refusal of [client.commitUpload(SESSION), client.getRoster(SESSION)].map(refusalOf)) {
    const { code, fault, participant, message } = await refusal;
    expect({ code, fault, message }).toEqual({ code: 'BAD_DEALER', fault: 'peer', message: raised.message });
    expect(participant).toEqual(fill(32, 9));
  }
});

test('what is not foreseen stays inside, and is reported to the log', async () => {
  const onError = jest.fn();
  const fail = () => Promise.reject(new Error('password is hunter2'));
  world = await startWorld({ commitUpload: fail, getRoster: fail }, {}, { onError });
  const client = world.participant();
  for (const refusal of [client.commitUpload(SESSION), client.getRoster(SESSION)].map(refusalOf)) {
    const { code, message } = await refusal;
    expect([code, message]).toEqual(['INTERNAL', 'internal error']);
  }
  expect(onError).toHaveBeenCalledTimes(2);
});

test('requests without their parts, and requests that are too large', async () => {
  world = await startWorld({});
  const client = world.participant();
  const nothing = null as unknown as ReturnType<typeof signed>;
  expect((await refusalOf(client.consistency(SESSION, nothing))).code).toBe('MALFORMED');
  const large = await refusalOf(client.consistency(SESSION, signed(1, 70_000)));
  expect(large.code).toBe('TOO_LARGE');
  expect((await refusalOf(client.putChunk(SESSION, 2 ** 60, fill(1, 1)))).code).toBe('MALFORMED');
  expect((await refusalOf(client.putChunk(SESSION, 0, fill(2 ** 20 + 5000, 1)))).code).toBe('TOO_LARGE');
  const huge = await refusalOf(client.unmask(SESSION, signed(1), [fill(9 * 2 ** 20, 1)]));
  expect(huge.code).toBe('TOO_LARGE');
});

test('a reply longer than the client allows', async () => {
  world = await startWorld({
    getInput: async () => fill(200_000, 1),
    getRoster: async () => ({ statement: signed(1, 200_000), entries: [], revocations: [] }),
  });
  const client = world.participant({ maxReplyBytes: 100_000 });
  expect((await refusalOf(client.getInput(SESSION))).code).toBe('TOO_LARGE');
  expect((await refusalOf(client.getRoster(SESSION))).code).toBe('TOO_LARGE');
});

test('a coordinator that does not answer: DEADLINE, and its work is aborted', async () => {
  const signals: AbortSignal[] = [];
  const hang = (signal?: AbortSignal): Promise<never> => {
    if (signal) signals.push(signal);
    return forever(signal);
  };
  world = await startWorld({
    consistency: (_id, _message, signal) => hang(signal),
    getRoster: (_id, signal) => hang(signal),
  });
  const client = world.participant({ timeoutMs: 300 });
  expect((await refusalOf(client.consistency(SESSION, signed(1)))).code).toBe('DEADLINE');
  expect((await refusalOf(client.getRoster(SESSION))).code).toBe('DEADLINE');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(signals.map(({ aborted }) => aborted)).toEqual([true, true]);
});

test('the caller cancels: CANCELLED, before and during a call', async () => {
  world = await startWorld({ consistency: (_id, _message, signal) => forever(signal) });
  const client = world.participant();
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 100);
  const during = await refusalOf(client.consistency(SESSION, signed(1), controller.signal));
  expect([during.code, during.fault]).toEqual(['CANCELLED', 'caller']);
  const before = await refusalOf(client.consistency(SESSION, signed(1), AbortSignal.abort()));
  expect(before.code).toBe('CANCELLED');
});

test('nobody listens: UNREACHABLE in one line', async () => {
  world = await startWorld({});
  const client = world.participant();
  await world.server.stop(0);
  const refusal = await refusalOf(client.getOutcome(SESSION));
  expect(refusal.code).toBe('UNREACHABLE');
  expect(refusal.message).toContain(world.address);
  expect(refusal.message).toContain('ECONNREFUSED');
  expect(refusal.message).not.toContain('\n');
});

test('closing the transport ends its calls', async () => {
  world = await startWorld({ consistency: (_id, _message, signal) => forever(signal) });
  const client = world.participant();
  const call = refusalOf(client.consistency(SESSION, signed(1)));
  await new Promise((resolve) => setTimeout(resolve, 200));
  client.close();
  expect((await call).code).toBe('CANCELLED');
  expect((await refusalOf(client.getOutcome(SESSION))).code).toBe('CANCELLED');
});

test('tokens and certificates are checked before anything else', async () => {
  const { payload } = signed(3);
  const authorize = jest.fn((caller: { certificate: unknown }) => {
    if (caller.certificate === null) throw new BlindsumError('CERTIFICATE_UNKNOWN', 'peer', 'no certificate');
  });
  const auth = { coordinatorKey: COORDINATOR.publicKey, operatorTokens: () => [], authorize };
  world = await startWorld({ getOutcome: async () => ({ result: null, abort: null }) }, {}, { auth });
  const wrong = world.participant({ token: async () => 'wrong' });
  expect((await refusalOf(wrong.getOutcome(SESSION))).code).toBe('UNAUTHENTICATED');
  expect(authorize).not.toHaveBeenCalled();
  expect((await refusalOf(world.participant().getOutcome(SESSION))).code).toBe('CERTIFICATE_UNKNOWN');
  const certificate = { payload, signature: fill(64, 4) };
  await world.participant({ certificate }).getOutcome(SESSION);
  expect(authorize.mock.calls.at(-1)?.[0]).toMatchObject({ certificate });
  const operator = world.operator();
  expect((await refusalOf(operator.listTasks())).code).toBe('UNAUTHENTICATED');
});

test('the operator token opens the operator service only, and a participant token does not open it', async () => {
  world = await startWorld({}, { closeTask: async () => undefined });
  await world.operator().closeTask(SESSION);
  expect((await refusalOf(world.operator({ token: 'another'.repeat(6) }).closeTask(SESSION))).code).toBe(
    'UNAUTHENTICATED',
  );
  const confused = world.participant({ token: async () => OPERATOR_TOKEN });
  expect((await refusalOf(confused.getOutcome(SESSION))).code).toBe('UNAUTHENTICATED');
});

test('every code survives the way over the wire', async () => {
  world = await startWorld({});
  for (const code of Object.keys(ERROR_CODES) as ErrorCode[]) {
    const sent = toStatus(new BlindsumError(code, 'self', 'text'));
    const error = { name: 'Error', message: '', ...sent } as unknown as ServiceError;
    const back = fromServiceError(error, { method: 'M', address: 'a:1' });
    expect([back.code, back.fault]).toEqual([code, 'self']);
  }
});

test('a hostile status: unknown codes are dropped, control characters removed', async () => {
  world = await startWorld({});
  const { metadata } = toStatus(new BlindsumError('LATE', 'peer', ''));
  const error = (code: string) => {
    metadata.set(CODE, code);
    const details = `a\u001b[2Jb\r\nc${'x'.repeat(1000)}`;
    return { code: status.FAILED_PRECONDITION, details, metadata } as unknown as ServiceError;
  };
  const call = { method: 'M', address: 'a:1' };
  expect(fromServiceError(error('toString'), call).code).toBe('INTERNAL');
  const known = fromServiceError(error('LATE'), call);
  expect(known.message).toMatch(/^a \[2Jb c/);
  expect(known.message.length).toBeLessThanOrEqual(500);
});

test('a coordinator that ends in the middle of an answer is one that is away', async () => {
  world = await startWorld({});
  const dying = createServer();
  dying.on('stream', (stream: ServerHttp2Stream) => {
    stream.on('error', () => undefined);
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' });
    stream.close(constants.NGHTTP2_INTERNAL_ERROR);
  });
  await new Promise<void>((resolve) => dying.listen(0, '127.0.0.1', resolve));
  const { port } = dying.address() as AddressInfo;
  const client = world.participant({ coordinator: `127.0.0.1:${port}`, insecure: true });
  const refusal = await refusalOf(client.getTask('00'));
  expect([refusal.code, refusal.fault]).toEqual(['UNREACHABLE', 'environment']);
  client.close();
  await new Promise((resolve) => dying.close(resolve));
});

test('of a store that fails a caller learns no more than that', async () => {
  const lost = new BlindsumError('STORE_FAILED', 'environment', 'the store cannot be used', {
    cause: new Error('relation "session" does not exist'),
  });
  world = await startWorld({ getTask: () => Promise.reject(lost) });
  const { code, message } = await refusalOf(world.participant().getTask('00'));
  expect([code, message]).toEqual(['STORE_FAILED', 'the store cannot be used']);
});
