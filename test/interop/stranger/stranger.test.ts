/** Somebody who has only the specification takes part over gRPC and TLS, together with two clients of this package. */
import { expect, test } from '@jest/globals';
import { credentials } from '@grpc/grpc-js';
import { createGrpcServer } from '../../../src/coordinator/grpc/server.js';
import { createDevTls } from '../../../src/coordinator/tls.js';
import { makeWorld, sumOf, valuesOf } from '../../client/helpers/world.js';
import { coordinator, seedOf } from '../../helpers/protocol.js';
import { Stranger } from './participant.js';

test('a stranger and two clients get the same mean', async () => {
  const world = await makeWorld();
  const tls = await createDevTls([]);
  const server = await createGrpcServer({
    participant: (caller) => world.coordinator.participant(caller),
    operator: () => world.coordinator.operator,
    auth: { coordinatorKey: coordinator.identity, operatorTokens: () => [] },
    listen: '127.0.0.1:0',
    tls,
  });
  const seed = seedOf(world.parties[1]?.name ?? '');
  const stranger = new Stranger(
    `localhost:${server.port}`,
    credentials.createSsl(Buffer.from(tls.caPem)),
    seed,
    coordinator.identity,
  );
  try {
    const others = [0, 2].map((index) =>
      world.client(index).contribute({ task: world.taskId, vectors: { counts: valuesOf(index) } }),
    );
    const own = stranger.contribute(world.taskId, [valuesOf(1)]);
    await world.open();
    const expected = [...sumOf([0, 1, 2])].map((sum) => sum / 3);
    expect(await own).toEqual([expected]);
    for (const { mean } of await Promise.all(others))
      expect([...(mean.counts as Float64Array)]).toEqual(expected);
  } finally {
    stranger.close();
    await server.stop(0);
    await world.stop();
  }
});
