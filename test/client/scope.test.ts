// One vote per scope, over several sessions of real clients (PROTOCOL §7): what would let anybody subtract two sums is
// refused, before a session is joined where that is possible, and what harms nobody goes through.
import { afterEach, describe, expect, test } from '@jest/globals';
import { fromHex, utf8 } from '../../crypto/bytes.js';
import type { ContributionResult } from '../../src/client/index.js';
import { issueGrant } from '../../src/operator/organiser.js';
import { scopeKey } from '../../src/protocol/scope.js';
import type { Signed } from '../../src/protocol/signed.js';
import { organiser, vectorOf } from '../helpers/protocol.js';
import { intercept, recording, type Sent } from './helpers/transports.js';
import { makeWorld, sumOf, valuesOf, type World, type WorldOptions } from './helpers/world.js';

const worlds: World[] = [];
afterEach(async () => {
  for (const made of worlds.splice(0)) await made.stop();
});

/** Five participants of whom four are enough, so that sets can differ. */
async function world(options: WorldOptions = {}): Promise<World> {
  const made = await makeWorld({ count: 5, joinMs: 400, roundMs: 1000, ...options });
  worlds.push(made);
  return made;
}

type Settled = ContributionResult | { readonly code: string };

async function session(
  made: World,
  indexes: readonly number[],
  {
    input = null as Uint8Array | null,
    values = valuesOf,
    grants = [] as Signed[],
    // As a query on the data: the vector depends on the input.
    answersInput = true,
  } = {},
): Promise<Settled[]> {
  const all = indexes.map((index) =>
    made
      .client(index)
      .contribute({ task: made.taskId, vectors: { counts: values(index) }, grants, answersInput })
      .catch((error: { code: string }) => ({ code: error.code })),
  );
  await made.open(input, made.taskId, grants);
  return await Promise.all(all);
}

const codes = (settled: readonly Settled[]): string[] =>
  settled.map((one) => ('code' in one ? one.code : 'closed'));
const everyone = [0, 1, 2, 3, 4];
const four = [0, 1, 2, 3];

describe('a static scope', () => {
  test('the same survivors again: with the same vector, and with another input', async () => {
    const made = await world();
    expect(codes(await session(made, everyone))).toEqual(everyone.map(() => 'closed'));
    expect(codes(await session(made, everyone))).toEqual(everyone.map(() => 'closed'));
    const another = await session(made, everyone, {
      input: utf8('deviations'),
      values: (index) => valuesOf(index + 1),
    });
    expect(codes(another)).toEqual(everyone.map(() => 'closed'));
    expect((another[0] as ContributionResult).sum.counts).toEqual(sumOf([1, 2, 3, 4, 5]));
  });

  test('plain values count for no input, whatever the coordinator names', async () => {
    const made = await world();
    const plain = async (index: number, input: Uint8Array, values: number[], more: object = {}) => {
      const all = everyone.map((at) =>
        made
          .client(at)
          .contribute({
            task: made.taskId,
            vectors: { counts: at === index ? values : valuesOf(at) },
            ...(at === index ? more : {}),
          })
          .catch((error: { code: string }) => ({ code: error.code })),
      );
      await made.open(input);
      return codes([(await Promise.all(all))[index] as Settled])[0];
    };
    const changed = valuesOf(9);
    expect(await plain(2, utf8('one'), valuesOf(2))).toBe('closed');
    expect(await plain(2, utf8('another'), changed)).toBe('INPUT_CHANGED');
    expect(await plain(2, utf8('another'), valuesOf(2))).toBe('closed');
    // A function may answer an input; whoever calls it may know better.
    const work = { vectors: () => ({ counts: changed }) };
    expect(await plain(2, utf8('a third'), [], { ...work, answersInput: false })).toBe('INPUT_CHANGED');
    expect(await plain(2, utf8('a third'), [], work)).toBe('closed');
    expect(await plain(2, utf8('a third'), valuesOf(3), { answersInput: true })).toBe('INPUT_CHANGED');
  });

  test('other survivors: nobody signs twice, and nothing is opened', async () => {
    const made = await world();
    await session(made, everyone);
    const again = codes(await session(made, four, { input: utf8('another query') }));
    // The first to refuse ends it for all: the others hear the refusal of their own round, or the abort.
    expect(again.every((code) => code === 'VOTE_SPENT')).toBe(true);
    const record = await made.journal(0).scope(scopeHex(made));
    expect(record?.vote).toHaveLength(5);
  });

  test('an abort before the vote costs nothing: other survivors may come next', async () => {
    const made = await world();
    expect(codes(await session(made, [0, 1]))).toEqual(['TOO_FEW_PARTICIPANTS', 'TOO_FEW_PARTICIPANTS']);
    expect(codes(await session(made, four))).toEqual(four.map(() => 'closed'));
  });

  test('another vector under the same input is refused before joining', async () => {
    const made = await world();
    await session(made, everyone);
    const before = await made.journal(0).lastSession(made.taskId);
    const changed = made.client(0).contribute({ task: made.taskId, vectors: { counts: valuesOf(9) } });
    changed.catch(() => undefined);
    await made.open();
    await expect(changed).rejects.toMatchObject({ code: 'INPUT_CHANGED', fault: 'self' });
    expect(await made.journal(0).lastSession(made.taskId)).toBe(before);
  });

  // Whoever is in U3 can be opened by the votes of the others: what counts is that the vector left.
  test('a vector that left without a vote is fixed for its input, too', async () => {
    const made = await world({ joinMs: 5000 });
    const [victim, others] = [2, [0, 1, 3, 4]];
    const lost = new AbortController();
    const transport = intercept(made.api(victim), async (method, _args, call) => {
      const reply = await call();
      if (method === 'commitUpload') lost.abort();
      return reply;
    });
    const contribute = (values: number[], more: object = {}, overrides: object = {}): Promise<Settled> =>
      made
        .client(victim, overrides)
        .contribute({ task: made.taskId, vectors: { counts: values }, ...more })
        .catch((error: { code: string }) => ({ code: error.code }));
    const uploaded = contribute(valuesOf(victim), { signal: lost.signal }, { transport });
    const first = await session(made, others);
    expect(codes([...first, await uploaded])).toEqual([...others.map(() => 'closed'), 'CANCELLED']);
    expect((first[0] as ContributionResult).sum.counts).toEqual(sumOf(everyone));
    const record = await made.journal(victim).scope(scopeHex(made));
    expect(record).toMatchObject({ vote: null, inputs: { '': expect.any(Uint8Array) } });

    const changed = contribute(valuesOf(9));
    // Four of five may still go on without it: they voted for a set with it, so they do not.
    const second = await session(made, others);
    expect(codes([await changed])).toEqual(['INPUT_CHANGED']);
    expect(codes(second).every((code) => code === 'VOTE_SPENT')).toBe(true);
    expect(codes(await session(made, everyone))).toEqual(everyone.map(() => 'closed'));
  });

  test('of two sessions at once only one gets the vector, when they differ', async () => {
    const made = await world({ joinMs: 5000 });
    const tasks = [made.taskId, await made.createTask({ ...made.task, name: 'the same data again' })];
    const sent: Sent[] = [];
    let waiting = 0;
    let both = (): void => undefined;
    const reached = new Promise<void>((resolve) => (both = resolve));
    const transport = intercept(recording(made.api(0), sent), async (method, _args, call) => {
      // Both have passed the check before r0 when the first vector leaves.
      if (method === 'getShares') {
        waiting += 1;
        if (waiting === 2) both();
        await reached;
      }
      return await call();
    });
    const own = tasks.map((task, at) =>
      made
        .client(0, { transport })
        .contribute({ task, vectors: { counts: valuesOf(at) } })
        .catch((error: { code: string }) => ({ code: error.code })),
    );
    const rest = tasks.flatMap((task) =>
      [1, 2, 3, 4].map((index) =>
        made
          .client(index)
          .contribute({ task, vectors: { counts: valuesOf(index) } })
          .catch(() => undefined),
      ),
    );
    for (const task of tasks) await made.open(null, task);
    expect(codes(await Promise.all(own)).filter((code) => code === 'INPUT_CHANGED')).toHaveLength(1);
    const uploads = sent.filter(({ method }) => method === 'beginUpload').map(({ bytes }) => bytes);
    expect(new Set(uploads).size).toBe(1);
    await Promise.all(rest);
  });

  test('fractions round to the same integers in every session of the scope', async () => {
    const vectors = [vectorOf({ bits: 20, scale: 1, clip: 1000 })];
    const made = await world({ task: { vectors } });
    const values = (index: number) => valuesOf(index).map((value) => value + 0.37);
    const first = await session(made, everyone, { values });
    const second = await session(made, everyone, { values, input: utf8('any'), answersInput: false });
    expect(codes(second)).toEqual(everyone.map(() => 'closed'));
    expect((second[0] as ContributionResult).sum).toEqual((first[0] as ContributionResult).sum);
  });

  test('a grant opens it for one other set, if the policy accepts grants', async () => {
    for (const acceptGrants of [false, true]) {
      const made = await world({ policy: { acceptGrants } });
      await session(made, everyone);
      const of = (indexes: readonly number[]) =>
        made.parties.filter((_, index) => indexes.includes(index)).map(({ identity }) => identity);
      const grant = issueGrant(fromHex(scopeHex(made)), of(everyone), of(four), organiser.signer);
      const settled = codes(await session(made, four, { grants: [grant] }));
      // Who accepts none leaves before its vector does: the others' votes could open it.
      expect(settled.every((code) => code === (acceptGrants ? 'closed' : 'BELOW_POLICY'))).toBe(true);
    }
  });

  test('another electorate under the same label is refused', async () => {
    const made = await world();
    await session(made, everyone);
    const fewer = await makeWorld({ count: 4, joinMs: 400, roundMs: 1000 });
    worlds.push(fewer);
    const attempt = fewer
      .client(0, {
        journal: made.journal(made.parties.findIndex((one) => one.name === fewer.parties[0]?.name)),
      })
      .contribute({ task: fewer.taskId, vectors: { counts: valuesOf(0) } });
    attempt.catch(() => undefined);
    await fewer.open();
    await expect(attempt).rejects.toMatchObject({ code: 'ELECTORATE_CHANGED' });
  });
});

test('an evolving task votes once per input', async () => {
  const made = await world({ policy: { evolving: true }, task: { scope: { kind: 'evolving' } } });
  expect(codes(await session(made, everyone, { input: Uint8Array.of(1) }))).toEqual(
    everyone.map(() => 'closed'),
  );
  const next = await session(made, four, { input: Uint8Array.of(2), values: (index) => valuesOf(index + 3) });
  expect(codes(next)).toEqual(four.map(() => 'closed'));
  const again = codes(await session(made, four, { input: Uint8Array.of(1) }));
  expect(again.every((code) => code === 'VOTE_SPENT')).toBe(true);
});

const scopeHex = (made: World): string =>
  Buffer.from(scopeKey(made.task, fromHex(made.taskId), null)).toString('hex');
