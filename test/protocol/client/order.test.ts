/** Over all rounds of a participant: their order, their states as plain data, and nothing secret in what they send. */
import { describe, expect, test } from '@jest/globals';
import { acceptResult } from '../../../src/protocol/client/outcome.js';
import { advertiseKeys } from '../../../src/protocol/client/r0-advertise-keys.js';
import { shareKeys } from '../../../src/protocol/client/r1-share-keys.js';
import { finishMaskedInput, planMaskedInput } from '../../../src/protocol/client/r2-masked-input.js';
import { signConsistency } from '../../../src/protocol/client/r3-consistency.js';
import { unmask } from '../../../src/protocol/client/r4-unmask.js';
import { answerComplaint } from '../../../src/protocol/client/answer-complaint.js';
import { anchorsOf, at, clone, emptyScope, must, policyOf, runJob, zeros } from '../../helpers/protocol.js';
import { closed, honestShares, plan, r1, r2, r3, r4, setup } from './session.js';

describe('a round in the wrong order', () => {
  const states = {
    opened: at(setup.members, 0).opened,
    keysAdvertised: at(setup.members, 0).state,
    keysShared: at(r1.members, 0).state,
    maskPlanned: must(plan(honestShares())).state,
    inputMasked: at(r2.members, 0).state,
    consistencySigned: at(r3.members, 0).state,
    unmasked: at(r4.members, 0).state,
  };
  const { deps, input, scope } = at(setup.members, 0);
  const rounds: Record<string, [keyof typeof states, (state: never) => unknown]> = {
    r0: ['opened', (state) => advertiseKeys(state, 0, deps)],
    r1: ['keysAdvertised', (state) => shareKeys(state, r1.message, deps)],
    'r2, plan': ['keysShared', (state) => planMaskedInput(state, honestShares(), input, zeros, deps)],
    'r2, finish': [
      'maskPlanned',
      (state) => finishMaskedInput(state, runJob(must(plan(honestShares())).job), deps),
    ],
    answer: ['inputMasked', (state) => answerComplaint(state, at(r2.members, 1).send.header, deps)],
    r3: ['inputMasked', (state) => signConsistency(state, r3.message, scope, [], deps)],
    r4: ['consistencySigned', (state) => unmask(state, r4.message, deps)],
    result: ['unmasked', (state) => acceptResult(state, closed.result, closed.packed, deps)],
  };
  // A result is public: whoever signed r3 may read it, r4 sent or not.
  const allowed = ['result/consistencySigned'];
  const wrong = Object.keys(rounds).flatMap((name) =>
    Object.keys(states)
      .filter((kind) => kind !== rounds[name]?.[0] && !allowed.includes(`${name}/${kind}`))
      .map((kind): [string, keyof typeof states] => [name, kind as keyof typeof states]),
  );
  test.each(wrong)('%s does not run on a state that is %s', (name, kind) => {
    expect(() => {
      const result = rounds[name]?.[1](states[kind] as never) as { kind: string };
      if (result.kind === 'refusal') throw new Error('refused');
    }).toThrow();
  });
});

test('states, messages and jobs can be cloned into a worker and mean the same there', () => {
  const { deps, input } = at(setup.members, 0);
  const planned = must(
    planMaskedInput(clone(at(r1.members, 0).state), clone(honestShares()), clone(input), zeros, deps),
  );
  expect(planned).toEqual(must(plan(honestShares())));
  const masked = must(finishMaskedInput(clone(planned.state), clone(runJob(clone(planned.job))), deps));
  expect(masked.send).toEqual(at(r2.members, 0).send);
  const scope = emptyScope(setup.electorate);
  const signed = must(
    signConsistency(clone(at(r2.members, 0).state), clone(r3.message), clone(scope), [], deps),
  );
  expect(signed.send).toEqual(at(r3.members, 0).send);
  const revealed = must(unmask(clone(at(r3.members, 0).state), clone(r4.message), deps));
  expect(revealed.send).toEqual(at(r4.members, 0).send);
  expect(
    must(acceptResult(clone(revealed.state), clone(closed.result), clone(closed.packed), deps)).kind,
  ).toBe('accepted');
  expect(clone(at(setup.members, 0).opened)).toEqual(at(setup.members, 0).opened);
  expect(clone(at(setup.members, 0).state)).toEqual(at(setup.members, 0).state);
});

test('the policy of these tests is the one they change', () => {
  expect(anchorsOf().policy).toEqual(policyOf());
});

test('nothing that is sent before r4 contains a share, a seed or an input', () => {
  const secrets = r1.members.flatMap(({ state }, index) => [
    state.suiteSeed,
    at(setup.members, index).state.maskSeed,
    at(setup.members, index).state.shareSeed,
    ...state.agreed.values(),
    ...state.ownShares.filter((own) => own !== null),
    ...[...state.dealt.values()].flatMap(({ shares }) => shares),
  ]);
  const sent = [
    ...setup.members.flatMap(({ record }) => [record.signed.payload]),
    ...r1.members.flatMap(({ send }) => [
      send.r1.payload,
      ...send.packets.flatMap(({ ciphertext, leaves }) => [ciphertext, ...leaves]),
    ]),
    ...r2.members.flatMap(({ send }) => [send.header.payload, send.upload.bytes]),
    ...r3.members.flatMap(({ send }) => [send.payload]),
  ];
  const wire = Buffer.concat(sent);
  expect(secrets.length).toBeGreaterThan(60);
  for (const secret of secrets) expect(wire.includes(Buffer.from(secret))).toBe(false);
  // The search would find them: r4 is all shares.
  const revealed = Buffer.concat(at(r4.members, 0).send.shares);
  expect(secrets.filter((secret) => revealed.includes(Buffer.from(secret)))).toHaveLength(5);
});
