/** What the README of an application would do: its own code calls a client, the test looks at the sum. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { utf8 } from '../../crypto/bytes.js';
import { isBlindsumError } from '../../src/client/index.js';
import { createTestFederation, type TestFederation } from '../../src/testing/index.js';

let federation: TestFederation;
afterEach(() => federation.close());

const counts = [{ name: 'counts', length: 3, clip: 100, scale: 1 }];

describe('createTestFederation', () => {
  test('three clients contribute, the session gives everybody the same sum', async () => {
    federation = await createTestFederation({ vectors: counts });
    const { clients, taskId: task } = federation;
    const inputs = [
      [1, 2, 3],
      [10, 20, 30],
      [-5, 0, 100],
    ];
    const contributions = clients.map((client, index) =>
      client.contribute({ task, vectors: { counts: inputs[index] as number[] } }),
    );
    const { session, aggregate } = await federation.runSession();
    expect(session.phase).toBe('closed');
    expect([...(aggregate.vectors['counts']?.sum ?? [])]).toEqual([6, 22, 133]);
    for (const { sum, survivors, weight } of await Promise.all(contributions)) {
      expect([...(sum['counts'] ?? [])]).toEqual([6, 22, 133]);
      expect([survivors, weight]).toEqual([3, null]);
    }
  });

  test('one of five does not come: no waiting, and the sum of four', async () => {
    federation = await createTestFederation({ participants: 5, vectors: counts });
    const { clients, taskId: task } = federation;
    const contributions = clients
      .slice(1)
      .map((client) => client.contribute({ task, vectors: { counts: [1, 1, 1] } }));
    const { aggregate } = await federation.runSession({ absent: 1 });
    expect(aggregate.survivors).toBe(4);
    expect(await Promise.all(contributions)).toHaveLength(4);
  });

  test('too few come: everybody gets the reason', async () => {
    federation = await createTestFederation({ vectors: counts });
    const [first] = federation.clients;
    const lone = first?.contribute({ task: federation.taskId, vectors: { counts: [0, 0, 0] } });
    const caught = lone?.catch((error: unknown) => error);
    const failed = await federation.runSession({ absent: 2 }).catch((error: unknown) => error);
    expect(isBlindsumError(failed, 'TOO_FEW_PARTICIPANTS')).toBe(true);
    expect(isBlindsumError(await caught, 'TOO_FEW_PARTICIPANTS')).toBe(true);
  });

  test('weighted training over several sessions, work done on the input', async () => {
    federation = await createTestFederation({
      participants: 4,
      vectors: [{ name: 'update', length: 2, clip: 8 }],
      maxWeight: 10,
      scope: { kind: 'evolving' },
    });
    const { clients, taskId } = federation;
    const seen: string[] = [];
    const runs = clients.map(async (client, index) => {
      const means: number[][] = [];
      const work = (input: Uint8Array | null) => {
        seen.push(new TextDecoder().decode(input ?? new Uint8Array()));
        // Its own: the others still get what was put in.
        input?.fill(0);
        return { vectors: { update: [index, -index] }, weight: index };
      };
      for await (const outcome of client.participate(taskId, work, { maxSessions: 2 })) {
        if (outcome.kind === 'closed') means.push([...(outcome.result.mean['update'] ?? [])]);
      }
      return means;
    });
    for (const model of ['model 1', 'model 2']) {
      const { aggregate } = await federation.runSession({ input: utf8(model) });
      expect(aggregate.weight).toBe(0 + 1 + 2 + 3);
    }
    const mean = (0 + 1 + 4 + 9) / 6;
    for (const means of await Promise.all(runs)) {
      expect(means).toHaveLength(2);
      for (const [up = NaN, down = NaN] of means) {
        expect(up).toBeCloseTo(mean, 6);
        expect(down).toBeCloseTo(-mean, 6);
      }
    }
    expect(seen.sort()).toEqual([...Array(4).fill('model 1'), ...Array(4).fill('model 2')]);
  });

  test('the same seed gives the same bytes, another one others', async () => {
    const bytesOf = async (seed: string): Promise<string> => {
      federation = await createTestFederation({ vectors: counts, seed });
      const { clients, taskId: task } = federation;
      const contributions = clients.map((client) =>
        client.contribute({ task, vectors: { counts: [1, 2, 3] } }),
      );
      const { session } = await federation.runSession();
      await Promise.all(contributions);
      const items: string[] = [];
      for await (const item of federation.operator.exportSession(session.sessionId))
        items.push(Buffer.from(item).toString('hex'));
      return items.join('\n');
    };
    const first = await bytesOf('a');
    await federation.close();
    expect(await bytesOf('a')).toBe(first);
    await federation.close();
    expect(await bytesOf('b')).not.toBe(first);
  });

  test('a participant’s policy can be narrowed, and then it refuses', async () => {
    federation = await createTestFederation({ vectors: counts, policy: { minParticipants: 10 } });
    const refused = federation.clients[0]
      ?.contribute({ task: federation.taskId, vectors: { counts: [1, 1, 1] } })
      .catch((error: unknown) => error);
    const stop = new AbortController();
    const session = federation.runSession({ signal: stop.signal }).catch((error: unknown) => error);
    expect(isBlindsumError(await refused, 'BELOW_POLICY')).toBe(true);
    stop.abort();
    expect(isBlindsumError(await session, 'CANCELLED')).toBe(true);
  });
});
