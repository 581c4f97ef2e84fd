/**
 * A1 (Pasquini et al. 2022): the coordinator gives each participant another model, so that the "sum" is the update of
 * one. The opening names the model's hash and is in ctx: participants with different models hold different contexts, and
 * the session ends with CONTEXT_MISMATCH before anything is masked, not with a noisy sum.
 */
import { expect, test } from '@jest/globals';
import { utf8 } from '../../crypto/bytes.js';
import { planMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { inputHash } from '../../src/protocol/statements.js';
import {
  at,
  type AtR1,
  closeR0,
  must,
  replaced,
  type Rounds,
  type Setup,
  sharesMessage,
  statedRoster,
  zeros,
} from '../helpers/protocol.js';
import { ALL, play, toHeaders, toRoster, toShares } from './helpers/scenario.js';
import { maskJob } from '../helpers/protocol/job.js';

/** The same session number, task, electorate and nonce; only the model differs. */
const withModel = (model: string) =>
  play({
    seed: 'one session',
    opening: { input: inputHash(utf8(model)) },
    task: { scope: { kind: 'evolving' } },
  });
const everybody = withModel('the model');
const victims = withModel('the model that is made for one victim');

const entriesOf = (of: Setup) => (closeR0(of, ALL) as AtR1).message.entries;

test('A1 the honest session with one model for everybody closes', () => {
  expect(toRoster(everybody.r1.message, everybody.setup)).toBe(null);
  expect(toShares(sharesMessage(everybody.r2, 0), everybody.r1)).toBe(null);
});

test.each([
  [[0], 'one victim'],
  [[0, 1], 'two groups'],
])(
  'A1 participants %j are shown another model (%s): CONTEXT_MISMATCH for everybody, nobody masks',
  (fooled) => {
    const shown = (index: number): Setup => (fooled.includes(index) ? victims.setup : everybody.setup);
    // Everybody has sent its keys; the one roster of all, stated under either opening.
    const entries = ALL.map((index) => at(entriesOf(shown(index)), index));
    for (const under of [everybody.setup, victims.setup]) {
      const message = statedRoster(under, entries);
      for (const index of ALL) expect(toRoster(message, shown(index), index)).toBe('CONTEXT_MISMATCH');
    }
    // A roster per group: neither is large enough, because the quorum comes from the electorate.
    const rest = ALL.filter((index) => !fooled.includes(index));
    for (const group of [fooled, rest].filter(({ length }) => length < 4)) {
      const message = statedRoster(
        shown(at(group, 0)),
        group.map((index) => at(entries, index)),
      );
      expect(toRoster(message, shown(at(group, 0)), at(group, 0))).toBe('TOO_FEW_PARTICIPANTS');
    }
  },
);

test('A1 the statement of U1 is for another model: its context is not the own one', () => {
  const message = { ...everybody.r1.message, statement: victims.r1.message.statement };
  expect(toRoster(message, everybody.setup)).toBe('CONTEXT_MISMATCH');
});

test('A1 a neighbour shared its keys for another model', () => {
  const message = sharesMessage(everybody.r2, 0);
  const foreign = at(sharesMessage(victims.r2, 0).deliveries, 2);
  const deliveries = replaced(message.deliveries, 2, foreign);
  expect(toShares({ ...message, deliveries }, everybody.r1)).toBe('CONTEXT_MISMATCH');
});

test('A1 a survivor masked its input for another model', () => {
  const { message } = everybody.r3;
  const headers = replaced(message.headers, 2, at(victims.r3.message.headers, 2));
  expect(toHeaders({ ...message, headers }, everybody.r2)).toBe('CONTEXT_MISMATCH');
  expect(toHeaders(message, everybody.r2)).toBe(null);
});

test('A1 no mask of a participant with one model is a mask of a participant with another', () => {
  const keys = (of: Rounds) =>
    ALL.flatMap((index) => {
      const { state, deps } = at(of.r1.members, index);
      const { input } = at(of.setup.members, index);
      const { job } = must(planMaskedInput(state, sharesMessage(of.r2, index), input, zeros, deps));
      return maskJob(job).vectors.flatMap(({ streams }) => streams.map(({ key }) => key.join()));
    });
  // Five of their own and ten that two have.
  expect(new Set([...keys(everybody), ...keys(victims)]).size).toBe(30);
});
