/**
 * A5 on the line: somebody between participant and coordinator. TLS is pinned to the CA of the trust file, plaintext
 * never leaves the machine, and a token that was made for one coordinator is no good with another.
 */
import { afterEach, expect, test } from '@jest/globals';
import { createGrpcTransport } from '../../src/client/node/grpc-transport.js';
import { createTokenSource } from '../../src/client/node/token.js';
import { createDevTls } from '../../src/coordinator/tls.js';
import { at, codeOf, coordinator } from '../helpers/protocol.js';
import { serve, type Served } from '../rpc/helpers/served.js';
import { parties, stranger } from './helpers/scenario.js';

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

const tokenFor = (coordinatorKey: Uint8Array) =>
  createTokenSource({ signer: at(parties, 0).signer, coordinatorKey });

test('A5 a server with a certificate of another authority is not talked to', async () => {
  served = await serve();
  const { caPem } = await createDevTls([]);
  const { taskId } = served.made;
  await expect(served.transport(0, { ca: caPem }).getTask(taskId)).rejects.toMatchObject({
    code: 'TLS_MISMATCH',
  });
  expect((await served.transport(0).getTask(taskId)).task.payload.length).toBeGreaterThan(0);
});

test.each<[string, string, boolean]>([
  ['to another machine, asked for', 'http://192.0.2.1:7443', true],
  ['to another machine, asked for beside a name', 'coordinator.example:7443', true],
  ['to this machine, not asked for', 'http://127.0.0.1:7443', false],
])('A5 plaintext %s', (_, address, insecure) => {
  const token = tokenFor(coordinator.identity);
  const options = { coordinator: address, insecure, token, certificate: null };
  expect(codeOf(() => createGrpcTransport(options))).toBe('BAD_CONFIG');
});

test('A5 a token that a participant made for one coordinator is worth nothing at another', async () => {
  served = await serve();
  const { taskId } = served.made;
  const other: object = { token: tokenFor(stranger.identity) };
  await expect(served.transport(0, other).getTask(taskId)).rejects.toMatchObject({
    code: 'WRONG_COORDINATOR',
  });
});
