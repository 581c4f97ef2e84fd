// The server itself: TLS, addresses, cancellation, backpressure, stopping, health, reflection, the hook for tests.
import { afterEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { connect, type TLSSocket } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Client, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { service as healthService } from 'grpc-health-check';
import { createGrpcServer } from '../../src/coordinator/grpc/server.js';
import { createDevTls } from '../../src/coordinator/tls.js';
import type { PhaseEvent } from '../../src/rpc/participant-api.js';
import { Tls13ChannelCredentials } from '../../src/rpc/tls-credentials.js';
import {
  collect,
  COORDINATOR,
  devTls,
  fill,
  identities,
  refusalOf,
  signed,
  startWorld,
  type World,
} from './fakes.js';

const SESSION = 'ab'.repeat(32);
let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const outcome = { getOutcome: async () => ({ result: null, abort: null }) };

const bare = {
  participant: () => {
    throw new Error('not called');
  },
  operator: () => ({}) as never,
  auth: { coordinatorKey: COORDINATOR.publicKey, operatorTokens: () => [] },
};

describe('TLS', () => {
  async function handshake(maxVersion: 'TLSv1.2' | 'TLSv1.3'): Promise<string> {
    const { address, caPem } = world as World;
    const port = Number(address.split(':')[1]);
    return new Promise((resolve, reject) => {
      const socket: TLSSocket = connect({
        host: '127.0.0.1',
        port,
        ca: caPem,
        maxVersion,
        ALPNProtocols: ['h2'],
      });
      socket.once('secureConnect', () => {
        resolve(socket.getProtocol() ?? 'none');
        socket.destroy();
      });
      socket.once('error', reject);
    });
  }

  test('1.3 and nothing older', async () => {
    world = await startWorld(outcome);
    expect(await handshake('TLSv1.3')).toBe('TLSv1.3');
    await expect(handshake('TLSv1.2')).rejects.toThrow(/protocol version/);
  });

  test('a certificate from another CA: TLS_MISMATCH', async () => {
    world = await startWorld(outcome);
    const other = await createDevTls([]);
    const refusal = await refusalOf(world.participant({ ca: other.caPem }).getOutcome(SESSION));
    expect(refusal.code).toBe('TLS_MISMATCH');
    expect(refusal.message).toMatch(
      /^no trusted TLS connection to 127\.0\.0\.1:\d+: .*(signature|certificate)/,
    );
  });

  /** In a process with its own environment. @returns 'connected', or why not */
  async function dial(caPem: string, env: NodeJS.ProcessEnv): Promise<string> {
    const script = fileURLToPath(new URL('helpers/dial.mjs', import.meta.url));
    const port = String(world?.server.port);
    const dialling = promisify(execFile)(process.execPath, [script, port], {
      env: { ...process.env, ...env },
    });
    dialling.child.stdin?.end(caPem);
    return (await dialling).stdout;
  }

  test('the environment cannot undo the pin', async () => {
    world = await startWorld(outcome);
    const other = await createDevTls([]);
    const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0', NODE_OPTIONS: '' };
    expect(await dial(other.caPem, env)).toMatch(/^TLS handshake: .*(signature|certificate)/);
    expect(await dial(world.caPem, env)).toBe('connected');
  });

  test('a certificate for another address: TLS_MISMATCH', async () => {
    const tls = await createDevTls(['coordinator.example']);
    world = await startWorld(outcome, {}, { tls, listen: '127.0.0.2:0' });
    const coordinator = `127.0.0.2:${world.server.port}`;
    const refusal = await refusalOf(world.participant({ coordinator, ca: tls.caPem }).getOutcome(SESSION));
    expect(refusal.code).toBe('TLS_MISMATCH');
    expect(refusal.message).toContain("127.0.0.2 is not in the cert's list");
  });

  test('names and addresses of the development certificate', async () => {
    world = await startWorld(outcome, {}, { listen: 'localhost:0' });
    const coordinator = `https://localhost:${world.server.port}`;
    expect(await world.participant({ coordinator }).getOutcome(SESSION)).toEqual({
      result: null,
      abort: null,
    });
  });

  test('plaintext on one side only', async () => {
    world = await startWorld(outcome);
    const plain = world.participant({ insecure: true });
    expect(await refusalOf(plain.getOutcome(SESSION))).toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining('does it ask for TLS?'),
    });
    await world.close();
    world = await startWorld(outcome, {}, { tls: null });
    const refusal = await refusalOf(world.participant().getOutcome(SESSION));
    expect(refusal.code).toBe('TLS_MISMATCH');
    expect(refusal.message).toContain('does not speak TLS');
    expect(await world.participant({ insecure: true }).getOutcome(SESSION)).toEqual({
      result: null,
      abort: null,
    });
  });

  test('a CA or a key that is none: BAD_CONFIG', async () => {
    world = await startWorld(outcome);
    const running = world;
    expect(() => running.participant({ ca: 'nothing' })).toThrow(/not a PEM certificate/);
    const tls = { certPem: (await devTls()).certPem, keyPem: 'nothing' };
    expect((await refusalOf(createGrpcServer({ ...bare, listen: '127.0.0.1:0', tls }))).code).toBe(
      'BAD_CONFIG',
    );
  });
});

describe('addresses', () => {
  test.each(['0.0.0.0:0', '[::]:0', 'example.org:7443'])('plaintext on %s is refused', async (listen) => {
    const refusal = await refusalOf(createGrpcServer({ ...bare, listen, tls: null }));
    expect(refusal.code).toBe('BAD_CONFIG');
    expect(refusal.message).toContain('loopback');
  });

  test.each(['http://127.0.0.1:1', 'nowhere', 'host:99999', 'https://user@host:1', ''])(
    'a client refuses %j',
    async (coordinator) => {
      world = await startWorld({});
      const running = world;
      expect(() => running.participant({ coordinator })).toThrow(
        expect.objectContaining({ code: 'BAD_CONFIG' }),
      );
    },
  );

  test('plaintext to another machine is refused by the client, too', async () => {
    world = await startWorld({});
    const running = world;
    expect(() => running.participant({ coordinator: 'example.org:1', insecure: true })).toThrow(/loopback/);
  });

  test('a port in use', async () => {
    world = await startWorld({});
    const refusal = await refusalOf(
      createGrpcServer({ ...bare, listen: world.address, tls: await devTls() }),
    );
    expect(refusal.code).toBe('PORT_IN_USE');
    expect(refusal.message).toContain(world.address);
  });
});

describe('streams', () => {
  const event: PhaseEvent = { phase: 'r0', deadlineInMs: 1, complaints: 0 };

  test.each(['abort', 'break'] as const)('%s on the client stops the source on the server', async (how) => {
    let closed = 0;
    world = await startWorld({
      async *watchSession(_id, signal) {
        try {
          yield event;
          await new Promise((resolve) => signal.addEventListener('abort', resolve));
        } finally {
          closed += 1;
        }
      },
    });
    const controller = new AbortController();
    for await (const seen of world.participant().watchSession(SESSION, controller.signal)) {
      expect(seen).toEqual(event);
      if (how === 'break') break;
      controller.abort();
    }
    for (let waited = 0; closed === 0 && waited < 5000; waited += 20) await pause(20);
    expect(closed).toBe(1);
  });

  test('a watch that is aborted ends without an error, also within a reply of several pages', async () => {
    const electorate = identities(200_000);
    world = await startWorld({
      async *watchSessions() {
        yield { sessionId: SESSION, opening: signed(1), electorate, hasInput: false };
      },
    });
    const controller = new AbortController();
    const client = world.participant({
      // The first page is here, others are to come.
      onBytes: (direction) => void (direction === 'down' && setImmediate(() => controller.abort())),
    });
    expect(await collect(client.watchSessions(SESSION, controller.signal))).toEqual([]);
  });

  test('a source is read no faster than the client reads', async () => {
    let produced = 0;
    const leaf = fill(250_000, 1);
    world = await startWorld(
      {},
      {
        async *exportSession() {
          for (; produced < 2000; produced += 1) yield leaf;
        },
      },
    );
    for await (const seen of world.operator().exportSession(SESSION)) {
      expect(seen.length).toBe(leaf.length);
      await pause(1000);
      break;
    }
    expect(produced).toBeLessThan(200);
  });

  test('stopping ends watches at once and lets calls finish', async () => {
    world = await startWorld({
      async *watchSession(_id, signal) {
        yield event;
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
      async consistency() {
        await pause(300);
      },
    });
    const client = world.participant();
    const events = client.watchSession(SESSION, new AbortController().signal)[Symbol.asyncIterator]();
    await events.next();
    const call = client.consistency(SESSION, signed(1));
    const watch = refusalOf(events.next());
    await pause(100);
    const stopped = world.server.stop(5000);
    const refusal = await watch;
    expect([refusal.code, refusal.message]).toEqual(['UNREACHABLE', 'the coordinator is stopping']);
    await call;
    await stopped;
  });
});

describe('services for machines', () => {
  const anyone = (): Client => {
    const { address, caPem } = world as World;
    return new Client(address, new Tls13ChannelCredentials('127.0.0.1', caPem), {
      'grpc.enable_http_proxy': 0,
    });
  };
  const check = (client: Client, service: string): Promise<unknown> => {
    const method = healthService['check'] ?? healthService['Check'];
    if (method === undefined) throw new Error('no health check');
    return new Promise((resolve, reject) =>
      client.makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        { service },
        (error: ServiceError | null, reply?: unknown) => (error === null ? resolve(reply) : reject(error)),
      ),
    );
  };

  test('health', async () => {
    world = await startWorld({});
    const client = anyone();
    expect(await check(client, '')).toMatchObject({ status: 'SERVING' });
    expect(await check(client, 'blindsum.v1.ParticipantService')).toMatchObject({ status: 'SERVING' });
    world.server.setServing(false);
    expect(await check(client, '')).toMatchObject({ status: 'NOT_SERVING' });
    client.close();
  });

  interface Answer {
    listServicesResponse: { service: { name: string }[] };
  }

  test('reflection lists the services', async () => {
    world = await startWorld({});
    const folder = createRequire(import.meta.url)
      .resolve('@grpc/reflection/package.json')
      .replace('package.json', 'build/proto/grpc/reflection/v1/');
    const definition = loadSync('reflection.proto', { includeDirs: [folder] });
    const reflection = definition['grpc.reflection.v1.ServerReflection'] as Record<
      string,
      (typeof healthService)[string]
    >;
    const method = Object.values(reflection)[0];
    if (method === undefined) throw new Error('no reflection');
    const client = anyone();
    const call = client.makeBidiStreamRequest(
      method.path,
      method.requestSerialize,
      method.responseDeserialize,
    );
    call.write({ listServices: '' });
    const answer = await new Promise<Answer>((resolve, reject) => {
      call.once('data', resolve);
      call.once('error', reject);
    });
    call.end();
    client.close();
    expect(answer.listServicesResponse.service.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['blindsum.v1.ParticipantService', 'blindsum.v1.OperatorService']),
    );
  });
});

test('onBytes sees messages and metadata of every request, at both ends', async () => {
  const seen: Buffer[] = [];
  const sent: Buffer[] = [];
  world = await startWorld(
    { putChunk: async () => ({ nextOffset: 0 }) },
    {},
    { onBytes: (path, bytes) => seen.push(Buffer.concat([Buffer.from(path), bytes])) },
  );
  const client = world.participant({
    certificate: signed(1),
    onBytes: (direction, _method, bytes) => direction === 'up' && sent.push(Buffer.from(bytes)),
  });
  const chunk = fill(5000, 77);
  await client.putChunk(SESSION, 12, chunk);
  const all = Buffer.concat(seen);
  expect(sent).toHaveLength(1);
  expect(all.includes(Buffer.from(chunk))).toBe(true);
  expect(all.includes(sent[0] as Buffer)).toBe(true);
  expect(all.includes('Bearer ey')).toBe(true);
  expect(all.includes('blindsum-certificate-bin')).toBe(true);
  expect(client.bytes().up).toBe(sent[0]?.length);
});
