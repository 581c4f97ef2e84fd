/**
 * A7: a sum over few. The coordinator opens a session with a small roster, lets U2 or U3 shrink, or lowers a number that
 * would forbid it. Numbers come from the organiser-signed task and the size of the electorate, never from who came; each
 * participant recomputes them, in r1, r2 and r3, and refuses what is below its own policy whoever signed it.
 */
import { afterEach, expect, test } from '@jest/globals';
import { openSession } from '../../src/protocol/client/open.js';
import { electorateHash, taskHash } from '../../src/protocol/documents.js';
import { checkTask } from '../../src/protocol/parameters.js';
import { checkFloor, policySchema } from '../../src/protocol/policy.js';
import type { ParticipantApi } from '../../src/rpc/participant-api.js';
import { openingCodec } from '../../src/protocol/statements.js';
import { intercept } from '../client/helpers/transports.js';
import { makeWorld, valuesOf, type World } from '../client/helpers/world.js';
import {
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  closeR0,
  closeR1,
  closeR2,
  codeOf,
  coordinator,
  openingOf,
  policyOf,
  setUp,
  sharesMessage,
  signOpening,
  signTask,
  statedRoster,
  taskOf,
} from '../helpers/protocol.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';
import {
  ALL,
  type Given,
  identities,
  naming,
  parties,
  r1,
  r2,
  r3,
  rosterWith,
  setup,
  toHeaders,
  toOpening,
  toRoster,
  toShares,
} from './helpers/scenario.js';

const three = [0, 1, 2];

// --------------------------------------------------------------------------------------------- roster, U2, U3: q = 4

test('A7 a roster, a U2 or a U3 of fewer than q', () => {
  expect(toRoster(rosterWith((entries) => entries.slice(0, 3)))).toBe('TOO_FEW_PARTICIPANTS');
  expect(toShares({ ...sharesMessage(r2, 0), statement: naming(r2.statement, three) })).toBe(
    'TOO_FEW_SURVIVORS',
  );
  const headers = r3.message.headers.slice(0, 3);
  expect(toHeaders({ statement: naming(r3.statement, three), headers, uploads: null })).toBe(
    'TOO_FEW_SURVIVORS',
  );
});

test('A7 fewer than the organiser’s minSurvivors, though a quorum', () => {
  const all = setUp(parties, { task: { minSurvivors: 5 } });
  const roster = closeR0(all, ALL) as AtR1;
  const shares = closeR1(roster, ALL) as AtR2;
  const { message } = closeR2(shares, ALL) as AtR3;
  const four = [0, 1, 2, 3];
  const listed = statedRoster(all, roster.message.entries.slice(0, 4));
  expect(toRoster(listed, all)).toBe('TOO_FEW_PARTICIPANTS');
  expect(toShares({ ...sharesMessage(shares, 0), statement: naming(shares.statement, four) }, roster)).toBe(
    'TOO_FEW_SURVIVORS',
  );
  const headers = message.headers.slice(0, 4);
  expect(toHeaders({ statement: naming(message.statement, four), headers, uploads: null }, shares)).toBe(
    'TOO_FEW_SURVIVORS',
  );
  expect(toHeaders(message, shares)).toBe(null);
});

test.each([{ q: 3 }, { t: 3 }, { q: 3, t: 3 }, { q: 5 }, { t: 5 }])(
  'A7 the coordinator states other numbers with U1, as if fewer had been invited: %j',
  (change) => {
    const message = rosterWith((entries) => entries, { parameters: { q: 4, t: 4, ...change } });
    expect(toRoster(message)).toBe('BELOW_POLICY');
  },
);

test.each([{ q: 3 }, { t: 3 }, { packed: 2 }, { packed: 4 }, { degree: 4096 }, { ring: 1 }])(
  'A7 nor with other numbers of ckks/sumkey: %j',
  (change) => {
    const sumkey = setUp(parties, { task: ckksTask(5), input: floats });
    const numbers = { q: 4, t: 4, packed: 3, degree: 2048 };
    const stated = (parameters: Record<string, number>) =>
      toRoster(statedRoster(sumkey, (closeR0(sumkey, ALL) as AtR1).message.entries, { parameters }), sumkey);
    expect(stated(numbers)).toBe(null);
    expect(stated({ ...numbers, ...change })).toBe('BELOW_POLICY');
    const { degree: _, ...fewer } = numbers;
    expect(stated(fewer)).toBe('BELOW_POLICY');
  },
);

test('A7 the numbers come from those invited, not from those who came', () => {
  expect(r1.frozen.session.parameters).toEqual({ q: 4, t: 4 });
  const few = closeR0(setup, [0, 1, 2, 3]) as AtR1;
  expect(few.frozen.session.parameters).toEqual({ q: 4, t: 4 });
});

// ----------------------------------------------------------------------------------------------------- opening, policy

const weaker = signTask(taskOf(parties, { maxColluders: 0 }));
const anybody = { pinned: null, maxColluders: 0 };

test.each<[string, string, Given]>([
  ['of another, weaker task', 'TASK_MISMATCH', { opening: { task: taskHash(weaker) } }],
  ['with another suite', 'TASK_MISMATCH', { opening: { suite: 'test/plain' } }],
  [
    'with a suite that the policy does not run',
    'UNSUPPORTED',
    { task: { suite: 'test/plain' }, policy: { suites: ['masking/complete'] } },
  ],
  ['with an extension nobody here knows', 'UNSUPPORTED', { opening: { critical: ['sum-of-two'] } }],
  ['of a task with such an extension', 'UNSUPPORTED', { task: { critical: ['sum-of-two'] } }],
  ['to fewer than the policy wants', 'BELOW_POLICY', { policy: { minParticipants: 6 } }],
  ['that may end with too few honest', 'BELOW_POLICY', { policy: { minHonest: 4 } }],
  [
    'to two',
    'TOO_FEW_PARTICIPANTS',
    { task: anybody, electorate: identities.slice(0, 2), policy: { minParticipants: 1 } },
  ],
])('A7 an opening %s: %s', (_, code, given) => {
  expect(toOpening({ policy: { suites: ['masking/complete', 'test/plain'] }, ...given })).toBe(code);
});

test('A7 two are too few whatever the policy and the task say', () => {
  const electorate = identities.slice(0, 2);
  const opening = openingOf(signTask(taskOf(parties)), electorate);
  const policy = { ...policyOf(), minParticipants: 2, minHonest: 1 };
  expect(codeOf(() => checkFloor(policy, taskOf(parties, anybody), opening))).toBe('TOO_FEW_PARTICIPANTS');
  const pinned = { hash: electorateHash(electorate), size: 2 };
  expect(codeOf(() => checkTask(taskOf(parties, { pinned })))).toBe('TOO_FEW_PARTICIPANTS');
});

test('A7 a policy cannot be written that would accept less than three of whom two are honest', () => {
  expect(policySchema.parse({})).toMatchObject({ minParticipants: 3, minHonest: 2, minColluders: 1 });
  for (const low of [{ minParticipants: 2 }, { minHonest: 1 }, { minColluders: -1 }])
    expect(policySchema.safeParse(low).success).toBe(false);
});

test('A7 a privacy that this version does not know is not passed over', () => {
  const { payload } = setup.opening;
  const opening = openingCodec.decode(payload);
  expect(opening.privacy).toBe(null);
  expect(() => openingCodec.encode({ ...opening, privacy: { epsilon: 1 } as never })).toThrow();
  expect(codeOf(() => openingCodec.decode(withPrivacy(payload)))).toBe('MALFORMED');
});

/** The payload with an empty map in the place of `privacy: null`, the field before the last. */
function withPrivacy(payload: Uint8Array): Uint8Array {
  const changed = payload.slice();
  const index = changed.length - 2;
  expect([changed[index], changed[index + 1]]).toEqual([0xf6, 0x80]);
  changed[index] = 0xa0;
  return changed;
}

test('A7 numbers that the coordinator lowers in a task of its own signing', () => {
  const task = signTask(taskOf(parties, { minSurvivors: 2, maxColluders: 0 }), coordinator);
  const opening = signOpening(openingOf(task, identities));
  const message = { task, opening, electorate: identities, dataset: null, answersInput: true, grants: [] };
  const ledger = { lastSession: null, scopeOf: () => null };
  const { deps, opened } = at(setup.members, 0);
  expect(codeOf(() => openSession(opened.anchors, message, ledger, deps))).toBe('WRONG_ORGANISER');
});

// --------------------------------------------------------------------------------------------------- through the client

let made: World | undefined;
afterEach(async () => {
  await made?.stop();
  made = undefined;
});

test('A7 the coordinator delivers another task of the organiser than the one asked for', async () => {
  made = await makeWorld();
  const other = await made.createTask({ name: 'a weaker one', maxColluders: 0 });
  await made.open(null, other);
  const reply = await made.api(0).getTask(other);
  let joined = false;
  const api = intercept(made.api(0), (method, _args, call) => {
    if (method === 'getTask') return Promise.resolve(reply);
    if (method !== 'advertiseKeys') return call();
    joined = true;
    return Promise.reject(new Error('keys were sent'));
  });
  // The sessions that are announced are those of the other task, too.
  const transport: ParticipantApi = new Proxy(api, {
    get: (target, name) =>
      name === 'watchSessions'
        ? (_asked: string, signal: AbortSignal) => target.watchSessions(other, signal)
        : (Reflect.get(target, name) as unknown),
  });
  const victim = made
    .client(0, { transport })
    .contribute({ task: made.taskId, vectors: { counts: valuesOf(0) } });
  await expect(victim).rejects.toMatchObject({ code: 'TASK_MISMATCH', fault: 'peer' });
  expect(joined).toBe(false);
});
