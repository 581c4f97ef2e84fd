/** A few of the plays again over gRPC and TLS, and bytes that no client sends: the same ends, and no error unforeseen. */
import { afterEach, expect, test } from '@jest/globals';
import { createTokenSource } from '../../src/client/node/token.js';
import { createGrpcTransport } from '../../src/client/node/grpc-transport.js';
import type { Coordinator } from '../../src/coordinator/coordinator.js';
import { createGrpcServer, type GrpcServer } from '../../src/coordinator/grpc/server.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import type { Party } from '../helpers/protocol.js';
import { devTls } from '../rpc/fakes.js';
import { judge } from './hostile-participant/oracle.js';
import { planOf, type Play, TRICKS } from './hostile-participant/play.js';
import { SCENARIOS } from './hostile-participant/scenarios.js';
import { perform } from './hostile-participant/stage.js';

const unforeseen: string[] = [];
const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  expect(unforeseen.splice(0)).toEqual([]);
});

/** One server per coordinator; a connection for each participant. */
function overTls(): (coordinator: Coordinator, party: Party) => Promise<ParticipantApi> {
  let server: Promise<GrpcServer> | undefined;
  return async (coordinator, { signer }) => {
    const { caPem, certPem, keyPem } = await devTls();
    server ??= createGrpcServer({
      participant: (caller) => coordinator.participant(caller),
      operator: () => coordinator.operator,
      listen: '127.0.0.1:0',
      tls: { certPem, keyPem },
      auth: {
        coordinatorKey: coordinator.publicKey,
        operatorTokens: () => [],
        authorize: ({ identity, certificate }) => coordinator.authorize(identity, certificate),
      },
      onError: (path, error) => void unforeseen.push(`${path}: ${String(error)}`),
    });
    const { port, ...listening } = await server;
    if (closing.length === 0) closing.push(() => listening.stop(1000));
    const token = createTokenSource({ signer, coordinatorKey: coordinator.publicKey });
    const transport = createGrpcTransport({
      coordinator: `127.0.0.1:${port}`,
      ca: caPem,
      token,
      certificate: null,
    });
    closing.push(() => transport.close());
    return transport;
  };
}

const CHOSEN = [
  'garbage for one holder, and a wrong answer',
  'a share of b that is not on the polynomial',
  'complaints about everybody',
  'half an upload',
  'no shares in r4',
];

test.each(CHOSEN)('%s', async (name) => {
  const scenario = SCENARIOS[name];
  if (scenario === undefined) throw new Error('no such scenario');
  const seen = await perform(scenario.play, { connect: overTls() });
  expect(await judge(seen)).toMatchObject({ problems: [], ending: scenario.ending });
});

test('every trick in every round', async () => {
  const tricks = TRICKS.map((trick, at) => ({ trick, at: at * 7, how: at * 13 + 1 }));
  const rounds = { r0: { tricks }, r1: { tricks }, r2: { tricks }, r3: { tricks }, r4: { tricks } };
  const play: Play = { n: 5, colluders: 1, hostile: { 3: planOf(rounds) } };
  const seen = await perform(play, { connect: overTls() });
  expect(await judge(seen)).toMatchObject({ problems: [] });
  expect([...seen.outcomes.values()].reduce((all, some) => all + some, 0)).toBeGreaterThan(200);
});
