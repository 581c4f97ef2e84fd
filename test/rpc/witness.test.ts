// The witness's service over gRPC and TLS: who is let in, and a whole way from session to cosigned receipt.
import { afterEach, expect, test } from '@jest/globals';
import { equalBytes } from '../../crypto/bytes.js';
import { createGrpcWitness, type GrpcWitness } from '../../src/client/node/grpc-witness.js';
import { createTokenSource } from '../../src/client/node/token.js';
import { logOrigin, openCheckpoint } from '../../src/protocol/transcript/checkpoint.js';
import { cosign, openCosignatures } from '../../src/protocol/transcript/cosignature.js';
import { signatureLine } from '../../src/protocol/transcript/signed-note.js';
import type { WitnessApi } from '../../src/rpc/log-api.js';
import type { Signer } from '../../src/protocol/signed.js';
import { makeWorld, openSession } from '../coordinator/world.js';
import { coordinator as party, verify } from '../helpers/protocol.js';
import { COORDINATOR, devTls, OPERATOR_TOKEN, PARTICIPANT, refusalOf, signer, startWorld } from './fakes.js';

const WITNESS = signer(7);
const witnesses = [{ name: 'hospital', publicKey: WITNESS.publicKey }];
const isWitness = (key: Uint8Array): boolean => equalBytes(key, WITNESS.publicKey);
const NOTHING = { oldSize: 0, witnesses: 0 };

const cleanup: (() => unknown)[] = [];
afterEach(async () => {
  for (const step of cleanup.splice(0).reverse()) await step();
});

async function connect(
  address: string,
  by: Signer,
  coordinatorKey: Uint8Array,
  token = createTokenSource({ signer: by, coordinatorKey }),
): Promise<GrpcWitness> {
  const { caPem } = await devTls();
  const client = createGrpcWitness({ coordinator: address, ca: caPem, token });
  cleanup.push(() => client.close());
  return client;
}

test('what goes in on one side comes out on the other, for the witness that called', async () => {
  const calls: unknown[][] = [];
  const api = (key: Uint8Array): WitnessApi => ({
    async getCheckpoint(query) {
      calls.push([key, query]);
      return { checkpoint: 'note\n', consistency: [key] };
    },
    putCosignature: async (size, line) => void calls.push([key, size, line]),
  });
  const world = await startWorld({}, {}, { witness: api, auth: { isWitness } as never });
  cleanup.push(() => world.close());
  const client = await connect(world.address, WITNESS, COORDINATOR.publicKey);
  const query = { oldSize: 5, witnesses: 2 };
  expect(await client.getCheckpoint(query)).toEqual({
    checkpoint: 'note\n',
    consistency: [WITNESS.publicKey],
  });
  await client.putCosignature(2 ** 32 - 1, '— hospital line');
  expect(calls).toEqual([
    [WITNESS.publicKey, query],
    [WITNESS.publicKey, 2 ** 32 - 1, '— hospital line'],
  ]);
});

test('only the key of a witness is let in, and it is nobody else', async () => {
  const reached = { count: 0 };
  const api = (): WitnessApi => ({
    getCheckpoint: async () => ((reached.count += 1), { checkpoint: null, consistency: [] }),
    putCosignature: async () => void (reached.count += 1),
  });
  const auth = {
    isWitness,
    authorize: () => {
      throw new Error('a witness is no participant');
    },
  };
  const world = await startWorld({}, {}, { witness: api, auth: auth as never });
  cleanup.push(() => world.close());
  const to = async (by: Signer, key = COORDINATOR.publicKey, token?: () => Promise<string>) =>
    (await refusalOf((await connect(world.address, by, key, token)).putCosignature(1, 'line'))).code;
  expect(await to(PARTICIPANT)).toBe('FORBIDDEN');
  expect(await to(WITNESS, PARTICIPANT.publicKey)).toBe('WRONG_COORDINATOR');
  expect(await to(WITNESS, COORDINATOR.publicKey, async () => OPERATOR_TOKEN)).toBe('UNAUTHENTICATED');
  expect(reached.count).toBe(0);
  await (await connect(world.address, WITNESS, COORDINATOR.publicKey)).getCheckpoint(NOTHING);
  expect(reached.count).toBe(1);

  const token = createTokenSource({ signer: WITNESS, coordinatorKey: COORDINATOR.publicKey });
  expect((await refusalOf(world.operator({ token: await token() }).listTasks())).code).toBe(
    'UNAUTHENTICATED',
  );
  expect((await refusalOf(world.participant({ token }).getTask('ab'.repeat(32)))).code).toBe('INTERNAL');
});

test('without witnesses nobody is let in', async () => {
  const world = await startWorld({}, {});
  cleanup.push(() => world.close());
  const client = await connect(world.address, WITNESS, COORDINATOR.publicKey);
  expect((await refusalOf(client.getCheckpoint(NOTHING))).code).toBe('FORBIDDEN');
});

test('a cosignature that came over the wire is in the receipt of a participant', async () => {
  const made = makeWorld({ witnesses });
  const { coordinator } = made;
  const world = await startWorld(
    {},
    {},
    {
      participant: (caller) => coordinator.participant(caller),
      operator: () => coordinator.operator,
      witness: (key) => coordinator.witness(key),
      auth: { coordinatorKey: party.identity, isWitness } as never,
    },
  );
  cleanup.push(() => world.close());
  const session = await openSession(made);
  const [member] = session.members;
  const token = createTokenSource({ signer: member!.party.signer, coordinatorKey: party.identity });
  const transport = world.participant({ token });
  await transport.advertiseKeys(session.id, member!.r0, null);
  const receiptOf = (query = NOTHING) => transport.getReceipt(session.id, query);
  expect((await refusalOf(receiptOf())).code).toBe('WRONG_ROUND');
  const operator = world.operator();
  await operator.cancelSession(session.id, '');

  const witness = await connect(world.address, WITNESS, party.identity);
  const { checkpoint } = await witness.getCheckpoint(NOTHING);
  const open = (note: string | null) =>
    openCheckpoint(note as string, logOrigin(party.identity), party.identity, verify);
  const head = open(checkpoint);
  expect(head.size).toBe(1);
  const line = signatureLine(cosign(head.note.text, { name: 'hospital', signer: WITNESS }, 1_700_000_000));
  await witness.putCosignature(1, line.trimEnd());
  const receipt = await receiptOf({ oldSize: 1, witnesses: 1 });
  expect(receipt.leaves).toHaveLength(2);
  const cosigned = open(receipt.log.checkpoint);
  expect(openCosignatures(cosigned.note, witnesses, verify)).toHaveLength(1);
  expect((await refusalOf(witness.putCosignature(2, line.trimEnd()))).code).toBe('CONTEXT_MISMATCH');
  expect((await refusalOf(witness.putCosignature(1, line))).code).toBe('MALFORMED');
  const exported = await operator.exportLog();
  expect(exported.checkpoint).toContain(line);
  expect(exported.entries).toHaveLength(1);
});
