// The whole way of an embedding application: files, connect(), gRPC over TLS, one session.
import { afterEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '../../crypto/bytes.js';
import { connect, writeIdentity } from '../../src/client/node/index.js';
import { createGrpcServer } from '../../src/coordinator/grpc/server.js';
import { createDevTls } from '../../src/coordinator/tls.js';
import { coordinator, organiser, party, seedOf } from '../helpers/protocol.js';
import { makeWorld, sumOf, valuesOf } from './helpers/world.js';

const cleanup: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

test('three participants over gRPC; a certificate authority that is not the pinned one is refused', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-connect-'));
  cleanup.push(() => rmSync(folder, { recursive: true, force: true }));
  const made = await makeWorld();
  cleanup.push(() => made.stop());
  const tls = await createDevTls([]);
  const server = await createGrpcServer({
    participant: (caller) => made.coordinator.participant(caller),
    operator: () => made.coordinator.operator,
    auth: { coordinatorKey: coordinator.identity, operatorTokens: () => [] },
    listen: '127.0.0.1:0',
    tls,
  });
  cleanup.push(() => server.stop(0));
  const trustFile = (caPem: string, name: string): string => {
    writeFileSync(join(folder, `${name}.pem`), caPem);
    const lines = [
      `organiser: ${toHex(organiser.identity)}`,
      `coordinator: ${toHex(coordinator.identity)}`,
      `caFile: ${name}.pem`,
      'policy: { datasets: { records: records } }',
    ];
    writeFileSync(join(folder, `${name}.yaml`), `${lines.join('\n')}\n`);
    return join(folder, `${name}.yaml`);
  };
  const open = async (index: number, trust: string) => {
    const identity = join(folder, `${index}-${Math.random()}.key`);
    writeIdentity(identity, seedOf(made.parties[index]?.name ?? ''));
    const client = await connect({ coordinator: `https://localhost:${server.port}`, trust, identity });
    cleanup.push(() => client.close());
    expect(client.identity).toEqual(party(made.parties[index]?.name as string).identity);
    return client;
  };
  const trust = trustFile(tls.caPem, 'trust');
  const clients = await Promise.all([0, 1, 2].map((index) => open(index, trust)));
  const all = clients.map((client, index) =>
    client.contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } }),
  );
  await made.open();
  for (const { sum } of await Promise.all(all)) expect(sum.counts).toEqual(sumOf([0, 1, 2]));
  expect(clients[0]?.bytes().up).toBeGreaterThan(1000);

  const stranger = await open(0, trustFile((await createDevTls([])).caPem, 'another'));
  const refused = stranger.contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
  await expect(refused).rejects.toMatchObject({ code: 'TLS_MISMATCH' });
});
