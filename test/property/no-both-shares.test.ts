/**
 * Nobody may ever hold t shares of both secrets of an honest participant: its self mask seed and its mask key (PROTOCOL
 * §4.5; attacks A3, A4). The coordinator and n_C participants are the adversary. It shows every honest participant the
 * roster, U2 and U3 it likes, again and again, withholds packets, replays signatures of another session, and signs with
 * its participants' keys whatever helps. Honest participants run the real rounds, each once, as their journals see to.
 *
 * The negative controls weaken one rule each, from outside, and have to find a participant with both.
 */
import { afterAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planMaskedInput, finishMaskedInput } from '../../src/protocol/client/r2-masked-input.js';
import { shareKeys } from '../../src/protocol/client/r1-share-keys.js';
import { signConsistency } from '../../src/protocol/client/r3-consistency.js';
import { unmask } from '../../src/protocol/client/r4-unmask.js';
import type {
  ClientState,
  ConsistencySigned,
  InputMasked,
  KeysAdvertised,
  KeysShared,
} from '../../src/protocol/client/state.js';
import { consistencyCodec, maskedInputCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { quorum } from '../../src/protocol/parameters.js';
import { type MemberSet, memberSet, toBitmap } from '../../src/protocol/sets.js';
import { type Signed, signBody, signedHash } from '../../src/protocol/signed.js';
import { setCodec } from '../../src/protocol/statements.js';
import {
  type AtR1,
  type AtR3,
  closeR0,
  closeR1,
  closeR2,
  coordinator,
  dealerOf,
  emptyScope,
  participants,
  runJob,
  setUp,
  type Setup,
  sharesMessage,
  statedRoster,
  type AtR2,
} from '../helpers/protocol.js';
import { maskingComplete } from '../../src/protocol/suites/masking-complete/index.js';

/** What an adversary decides. Sets are lists of participants; `shows` say who is shown which. */
interface Play {
  readonly size: number;
  readonly colluders: readonly number[];
  readonly rosters: readonly (readonly number[])[];
  readonly u2: readonly (readonly number[])[];
  readonly u3: readonly (readonly number[])[];
  readonly showRoster: readonly number[];
  readonly showU2: readonly number[];
  /** In order; after the first one that succeeds a participant has voted. */
  readonly showU3: readonly (readonly number[])[];
  readonly withhold: readonly (readonly [number, number])[];
  readonly mixSignatures: boolean;
}

interface Weakness {
  /** Believe sets that come with the request of r4 instead of those signed in r3. */
  readonly setsInRequest?: boolean;
  /** Sign r3 again when another U3 is shown. */
  readonly noLatch?: boolean;
  /** A quorum that does not count colluders. */
  readonly majority?: boolean;
}

const before = new Map<number, Signed[]>();
/** r3 signatures of an earlier session of the same participants. */
function replayed(size: number): Signed[] {
  let found = before.get(size);
  if (found === undefined) {
    const setup = setUp(participants(size), { seed: 'the session before', task: { maxColluders: 0 } });
    const everyone = [...setup.parties.keys()];
    const r3 = closeR2(closeR1(closeR0(setup, everyone) as AtR1, everyone) as AtR2, everyone) as AtR3;
    found = r3.members.map(({ send }) => send);
    before.set(size, found);
  }
  return found;
}

const colluding = new Map<string, Setup>();
/** One setup per size and n_C: rounds are pure, so all plays branch from it. */
function setupFor(size: number, colluders: number): Setup {
  const key = `${size}/${colluders}`;
  const known =
    colluding.get(key) ?? setUp(participants(size), { seed: key, task: { maxColluders: colluders } });
  colluding.set(key, known);
  return known;
}

const dealings = new Map<string, Map<number, ReturnType<typeof shareKeys>>>();
/** r1 of everybody in one roster. */
function dealing(setup: Setup, roster: readonly number[]) {
  const key = `${setup.parties.length}/${setup.header.task.maxColluders}/${roster.join()}`;
  let found = dealings.get(key);
  if (found === undefined) {
    const entries = roster.map((index) => {
      const { record, party } = setup.members[index] as Setup['members'][number];
      return { identity: party.identity, signed: record.signed };
    });
    const message = statedRoster(setup, rosterOf(entries));
    found = new Map(
      roster.map((index) => {
        const { state, deps } = setup.members[index] as Setup['members'][number];
        return [index, shareKeys(state, message, deps)];
      }),
    );
    dealings.set(key, found);
  }
  return found;
}

const rosterOf = (entries: readonly { identity: Uint8Array; signed: Signed }[]) =>
  entries.map(({ identity, signed }) => ({
    identity,
    certificate: null,
    r0: signed,
    r0Hash: signedHash(signed),
  }));

const statement = (ctx: Uint8Array, set: 2 | 3, members: readonly number[], rosterSize: number): Signed =>
  signBody(
    setCodec,
    { ctx, set, members: toBitmap(members, rosterSize), size: 0, root: new Uint8Array(32), parameters: {} },
    coordinator.signer,
  );

interface Outcome {
  /** Participants for which the adversary has t shares of both secrets. */
  readonly exposed: readonly number[];
  readonly revealed: number;
  readonly split: boolean;
}

function play(given: Play, weakness: Weakness = {}): Outcome {
  const { size } = given;
  const setup = setupFor(size, given.colluders.length);
  const isHonest = (index: number): boolean => !given.colluders.includes(index);
  const honest = [...Array(size).keys()].filter(isHonest);
  const states = new Map<number, ClientState>(
    honest.map((index) => [index, setup.members[index]?.state as KeysAdvertised]),
  );
  const depsOf = (index: number) => (setup.members[index] as Setup['members'][number]).deps;
  const shown = <T>(choices: readonly T[], which: number | undefined): T =>
    choices[(which ?? 0) % choices.length] as T;
  const rosterShown = (index: number) => shown(given.rosters, given.showRoster[index]);

  // r1: each honest participant shares under the one roster it is shown.
  for (const index of honest) {
    const step = dealing(setup, rosterShown(index)).get(index);
    if (step?.kind === 'step') states.set(index, step.state);
  }

  // r2: an own U2 each; packets of honest dealers exist only under the roster that they were shown.
  const inRoster = (roster: readonly number[], members: readonly number[]): number[] =>
    members.map((member) => roster.indexOf(member)).filter((position) => position >= 0);
  for (const index of honest) {
    const state = states.get(index) as KeysShared;
    if (state.kind !== 'keysShared') continue;
    const roster = rosterShown(index);
    const { session } = state;
    const positions = inRoster(roster, shown(given.u2, given.showU2[index]));
    const dealers = positions.flatMap((position) => {
      const dealer = roster[position] as number;
      if (given.withhold.some(([from, to]) => from === dealer && to === index)) return [];
      const under = isHonest(dealer) ? rosterShown(dealer) : roster;
      const step = dealing(setup, under).get(dealer);
      return step?.kind === 'step' && under.length === roster.length ? [dealerOf(position, step.send)] : [];
    });
    const frozen = { header: setup.header, session, u1: state.u1, u2: null, u3: null };
    const message = sharesMessage(
      { frozen, statement: statement(session.ctx, 2, positions, roster.length), dealers },
      state.self,
    );
    const { input } = setup.members[index] as Setup['members'][number];
    const planned = planMaskedInput(state, message, input, new Uint8Array(32), depsOf(index));
    if (planned.kind !== 'planned') continue;
    const step = finishMaskedInput(planned.state, runJob(planned.job), depsOf(index));
    if (step.kind === 'step') states.set(index, step.state);
  }

  // r3: U3 after U3; colluders' headers say whatever the one who reads them wants to hear.
  const signatures: { index: number; signed: Signed }[] = [];
  const signedStates: { index: number; state: ConsistencySigned }[] = [];
  for (const showing of given.showU3) {
    for (const index of honest) {
      const state = states.get(index) as InputMasked;
      const hasSigned = signedStates.some((other) => other.index === index);
      if (state.kind !== 'inputMasked') continue;
      if (hasSigned && weakness.noLatch !== true) continue;
      const roster = rosterShown(index);
      const positions = inRoster(roster, shown(given.u3, showing[index]));
      const headers = positions.flatMap((position) => {
        const member = roster[position] as number;
        const theirs = states.get(member);
        if (isHonest(member)) return theirs?.kind === 'inputMasked' ? [theirs.header] : [];
        const deps = depsOf(member);
        return [
          signBody(
            maskedInputCodec,
            {
              sender: deps.signer.publicKey,
              ctx: state.session.ctx,
              u1: state.u1.hash,
              u2: state.u2.hash,
              digests: [new Uint8Array(32)],
              complaints: [],
            },
            deps.signer,
          ),
        ];
      });
      const message = {
        statement: statement(state.session.ctx, 3, positions, roster.length),
        headers,
      };
      const step = signConsistency(state, message, emptyScope(setup.electorate), [], depsOf(index));
      if (step.kind !== 'step') continue;
      signatures.push({ index, signed: step.send });
      signedStates.push({ index, state: step.state });
    }
  }

  // What everybody who has it may use: helper positions per dealer, session context and kind.
  const shares = new Map<string, Set<number>>();
  const learn = (dealer: number, ctx: Uint8Array, kind: number, helper: number): void => {
    const key = `${dealer}/${ctx.join()}/${kind}`;
    shares.set(key, (shares.get(key) ?? new Set()).add(helper));
  };
  let revealed = 0;

  // r4: signatures of all honest ones that agree (or all there are), those of colluders made to measure.
  for (const { index, state } of signedStates) {
    const { session, sets } = state;
    const roster = rosterShown(index);
    const wanted = consistencyCodec.decode(state.r3.payload);
    const fitting = signatures.filter(
      ({ index: other, signed }) => other !== index && (given.mixSignatures || sameBody(signed, state.r3)),
    );
    const forged = sets.u3.members.flatMap((position) => {
      const member = roster[position] as number;
      if (isHonest(member)) return [];
      const { signer } = depsOf(member);
      return [signBody(consistencyCodec, { ...wanted, sender: signer.publicKey }, signer)];
    });
    const message = {
      signatures: [...fitting.map(({ signed }) => signed), ...forged, ...replayed(size)],
      answers: [],
    };
    const q = Math.floor(size / 2) + 1;
    const believed: ConsistencySigned =
      weakness.majority === true
        ? { ...state, session: { ...session, parameters: { ...session.parameters, q } } }
        : state;
    const step = unmask(believed, message, depsOf(index));
    const requests: { sets: { u2: MemberSet; u3: MemberSet }; kinds: Uint8Array }[] = [];
    if (step.kind === 'step') {
      requests.push({ sets, kinds: unmaskCodec.decode(step.send.r4.payload).kinds });
      if (weakness.setsInRequest === true) {
        // The request names the survivors; the participant believes it.
        for (const members of given.u3) {
          const positions = inRoster(roster, members).filter((position) =>
            sets.u2.members.includes(position),
          );
          const other = { ...sets, u3: memberSet(session.ctx, 3, positions, roster.length) };
          requests.push({ sets: other, kinds: maskingComplete.reveal(session, other, state.held).kinds });
        }
      }
    }
    for (const request of requests) {
      revealed += 1;
      request.sets.u2.members.forEach((position, entry) => {
        const kind = request.kinds[entry] as number;
        if (kind !== 3) learn(roster[position] as number, session.ctx, kind, state.self);
      });
    }
  }

  // Colluders hold one share of both secrets of everybody who shared under a roster they are in.
  const exposed = honest.filter((dealer) => {
    const state = dealing(setup, rosterShown(dealer)).get(dealer);
    if (state?.kind !== 'step') return false;
    const { ctx } = state.state.session;
    const roster = rosterShown(dealer);
    const held = roster.flatMap((member, position) => (isHonest(member) ? [] : [position]));
    for (const kind of [1, 2]) for (const position of held) learn(dealer, ctx, kind, position);
    const count = (kind: number): number => shares.get(`${dealer}/${ctx.join()}/${kind}`)?.size ?? 0;
    const t = state.state.session.parameters.t;
    return count(1) >= threshold(t) && count(2) >= threshold(t);
  });
  function threshold(t: number): number {
    return weakness.majority === true ? Math.floor(size / 2) + 1 : t;
  }
  const u3Signed = new Set(
    signedStates.map(({ state }) => `${state.sets.u2.members.join()}/${state.sets.u3.members.join()}`),
  );
  return { exposed, revealed, split: u3Signed.size > 1 };
}

function sameBody(a: Signed, b: Signed): boolean {
  const [x, y] = [consistencyCodec.decode(a.payload), consistencyCodec.decode(b.payload)];
  return (['ctx', 'u1', 'u2', 'u3', 'uploads'] as const).every(
    (field) => x[field].join() === y[field].join(),
  );
}

const plays = fc
  .record({ size: fc.integer({ min: 3, max: 7 }), count: fc.nat({ max: 3 }) })
  .filter(({ size, count }) => count <= size - 3 || (size === 3 && count <= 1))
  .chain(({ size, count }) => {
    const all = [...Array(size).keys()];
    const spare = size - quorum(size, count);
    const missing = (most: number) =>
      fc
        .uniqueArray(fc.nat({ max: size - 1 }), { maxLength: Math.max(0, most) })
        .map((out) => all.filter((index) => !out.includes(index)));
    const rare = <T>(usual: T, other: fc.Arbitrary<T>) =>
      fc.oneof({ weight: 6, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: other });
    const choices = fc.array(fc.nat({ max: 2 }), { minLength: size, maxLength: size });
    const zeros = all.map(() => 0);
    return fc.record({
      size: fc.constant(size),
      colluders: fc.constant(all.slice(0, count)),
      rosters: rare([all], fc.array(missing(spare), { minLength: 1, maxLength: 2 })),
      u2: rare([all], fc.array(missing(spare), { minLength: 1, maxLength: 3 })),
      // One more than may be missing now and then: participants have to refuse that.
      u3: fc.array(missing(spare + 1), { minLength: 1, maxLength: 3 }),
      showRoster: rare(zeros, choices),
      showU2: rare(zeros, choices),
      showU3: fc.array(choices, { minLength: 1, maxLength: 3 }),
      withhold: rare<[number, number][]>(
        [],
        fc.array(fc.tuple(fc.nat({ max: size - 1 }), fc.nat({ max: size - 1 })), { maxLength: 2 }),
      ),
      mixSignatures: rare(false, fc.constant(true)),
    });
  });

describe('shares of both secrets', () => {
  const seen = { plays: 0, revealing: 0, split: 0, both: 0 };
  test('are never both revealed, whatever a coordinator with n_C participants does', () => {
    fc.assert(
      fc.property(plays, (given) => {
        const { exposed, revealed, split } = play(given);
        seen.plays += 1;
        if (revealed > 0) seen.revealing += 1;
        if (split) seen.split += 1;
        if (split && revealed > 0) seen.both += 1;
        expect(exposed).toEqual([]);
      }),
      { numRuns: 1500 },
    );
    // The plays are not idle: many get as far as shares, many make honest participants sign different sets.
    expect(seen.revealing).toBeGreaterThan(150);
    expect(seen.split).toBeGreaterThan(150);
    expect(seen.both).toBeGreaterThan(20);
  });
  afterAll(() => {
    for (const cache of [before, colluding, dealings]) cache.clear();
  });

  const controls: [string, Weakness][] = [
    ['sets come with the request of r4 instead of from r3', { setsInRequest: true }],
    ['r3 is signed more than once', { noLatch: true }],
    ['the quorum and threshold do not count colluders', { majority: true }],
  ];
  test.each(controls)('control: a leak is found when %s', (_, weakness) => {
    const found = fc.check(
      fc.property(plays, (given) => play(given, weakness).exposed.length === 0),
      { numRuns: 5000, endOnFailure: true },
    );
    expect(found.failed).toBe(true);
  });
});
