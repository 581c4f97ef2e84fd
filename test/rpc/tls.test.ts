// Certificates that are exchanged while connections are open, and certificates of clients.
import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { connect } from 'node:tls';
import { createDevTls, type DevTls } from '../../src/coordinator/tls.js';
import type { ClientTls } from '../../src/rpc/tls-credentials.js';
import { makeClientTls } from '../helpers/client-tls.js';
import { devTls, refusalOf, startWorld, type World } from './fakes.js';

const SESSION = 'ab'.repeat(32);
const outcome = { getOutcome: async () => ({ result: null, abort: null }) };
let world: World | undefined;
afterEach(async () => {
  await world?.close();
  world = undefined;
});

const ask = (options: Parameters<World['participant']>[0] = {}) =>
  (world as World).participant(options).getOutcome(SESSION);

describe('a new certificate', () => {
  let next: DevTls;
  beforeAll(async () => {
    next = await createDevTls([]);
  });

  test('counts for new connections; those that are open go on', async () => {
    world = await startWorld(outcome);
    const before = world.participant();
    await before.getOutcome(SESSION);
    world.server.replaceTls(next);
    await before.getOutcome(SESSION);
    await ask({ ca: next.caPem });
    expect((await refusalOf(ask())).code).toBe('TLS_MISMATCH');
  });

  test('is still TLS 1.3 and nothing older', async () => {
    world = await startWorld(outcome);
    world.server.replaceTls(next);
    const [, port] = world.address.split(':');
    const failure = new Promise((_, reject) => {
      connect({ host: '127.0.0.1', port: Number(port), ca: next.caPem, maxVersion: 'TLSv1.2' }).once(
        'error',
        reject,
      );
    });
    await expect(failure).rejects.toThrow(/protocol version/);
  });

  test.each([
    ['a key of another certificate', async () => ({ ...next, keyPem: (await devTls()).keyPem })],
    ['half a file', async () => ({ ...next, certPem: next.certPem.slice(0, 200) })],
    ['an empty file', async () => ({ ...next, keyPem: '' })],
  ])('that is %s is refused, and the old one stays', async (_, make) => {
    world = await startWorld(outcome);
    const { server } = world;
    const broken = await make();
    expect(() => server.replaceTls(broken)).toThrow(expect.objectContaining({ code: 'BAD_CONFIG' }));
    await ask();
  });
});

describe('with a CA for clients', () => {
  let made: { caPem: string; clientTls: ClientTls };
  beforeAll(async () => {
    made = await makeClientTls();
  });

  const serve = async () => {
    const { certPem, keyPem } = await devTls();
    const pair = { certPem, keyPem, clientCaPem: made.caPem };
    world = await startWorld(outcome, { listTasks: async () => [] }, { tls: pair });
    return pair;
  };

  test('participants and operators with a certificate from it are let in', async () => {
    await serve();
    await ask({ clientTls: made.clientTls });
    expect(await (world as World).operator({ clientTls: made.clientTls }).listTasks()).toEqual([]);
  });

  test('nobody else is, and learns why', async () => {
    await serve();
    const none = await refusalOf(ask());
    expect(none).toMatchObject({ code: 'TLS_MISMATCH', fault: 'environment' });
    expect(none.message).toContain('certificate');
    const stranger = await makeClientTls();
    const other = await refusalOf(ask({ clientTls: stranger.clientTls }));
    expect(other.code).toBe('UNREACHABLE');
    expect(other.message).toContain('does it accept this one?');
    const operator = (world as World).operator();
    expect((await refusalOf(operator.listTasks())).code).toBe('TLS_MISMATCH');
  });

  test('another CA can take its place', async () => {
    const pair = await serve();
    const other = await makeClientTls();
    (world as World).server.replaceTls({ ...pair, clientCaPem: other.caPem });
    await ask({ clientTls: other.clientTls });
    expect((await refusalOf(ask({ clientTls: made.clientTls }))).code).toBe('UNREACHABLE');
  });

  test('a CA that is none, and a pair of a client that is none', async () => {
    const pair = await serve();
    const { server } = world as World;
    expect(() => server.replaceTls({ ...pair, clientCaPem: 'none' })).toThrow('CA of client certificates');
    const { clientTls } = await makeClientTls();
    expect(() => ask({ clientTls: { ...clientTls, keyPem: made.clientTls.keyPem } })).toThrow(
      expect.objectContaining({ code: 'BAD_CONFIG' }),
    );
  });
});
