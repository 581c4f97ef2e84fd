/** Shows the real participant what a case shows it: the rounds themselves, and the client's shell where that does the check. */
import * as c from '../../../../crypto/index.js';
import { answerComplaint } from '../../../../src/protocol/client/answer-complaint.js';
import { acceptAbort, acceptResult } from '../../../../src/protocol/client/outcome.js';
import {
  finishMaskedInput,
  planMaskedInput,
  vectorDigest,
} from '../../../../src/protocol/client/r2-masked-input.js';
import { signConsistency } from '../../../../src/protocol/client/r3-consistency.js';
import { unmask } from '../../../../src/protocol/client/r4-unmask.js';
import { BlindsumError } from '../../../../src/protocol/errors.js';
import type { QuantisedInput } from '../../../../src/protocol/quantise.js';
import { checkUnchanged, recordInput, type ScopeRecord } from '../../../../src/protocol/scope.js';
import type { Signed } from '../../../../src/protocol/signed.js';
import { findSession } from '../../../../src/client/find.js';
import { shareKeysRound } from '../../../../src/client/rounds/r1-share-keys.js';
import type { Env, Run } from '../../../../src/client/run.js';
import { fetchTask } from '../../../../src/client/task.js';
import { doWork } from '../../../../src/client/work.js';
import {
  anchorsOf,
  clone,
  coordinator,
  depsOf,
  emptyScope,
  must,
  runJob,
} from '../../../helpers/protocol.js';
import { at, type Base, memberAt, sessionOf, type Verdict } from './case.js';

interface Wire {
  readonly payload: string;
  readonly signature: string;
}
type Fields = Readonly<Record<string, never>>;

const un = c.fromHex;
const all = (items: readonly string[]): Uint8Array[] => items.map(un);
const signed = ({ payload, signature }: Wire): Signed => ({ payload: un(payload), signature: un(signature) });
const maybe = (wire: Wire | null): Signed | null => (wire === null ? null : signed(wire));

export interface Outcome {
  readonly code: Verdict;
  readonly sends: Signed | null;
}

export async function replay(base: Base): Promise<Outcome> {
  try {
    return { code: null, sends: (await STEPS[base.step](base)) ?? null };
  } catch (error) {
    if (!(error instanceof BlindsumError)) throw error;
    if (base.step === 'complaint') return { code: 'no answer', sends: null };
    return { code: error.code === 'CANCELLED' ? 'skipped' : error.code, sends: null };
  }
}

const STEPS: Readonly<
  Record<Base['step'], (base: Base) => Signed | undefined | Promise<Signed | undefined>>
> = { open, roster, shares, complaint, headers, signatures, result, abort };

/** What the participant has: its part in the session as the real rounds played it. */
function partOf({ session, participant }: Base) {
  const played = sessionOf(session);
  const member = at(played.setup.members, participant);
  const deps = depsOf(member.party, 'refusals');
  return { played, member, deps };
}

/** The journal's record of the scope after another vector was sent. */
function scopeAfter(base: Base, record: ScopeRecord): ScopeRecord {
  const { sent } = base.own as { sent: { input: string | null; integers: number[][] } | null };
  if (sent === null) return record;
  const vectors: QuantisedInput = sent.integers.map((vector) => Uint32Array.from(vector));
  const input = sent.input === null ? null : un(sent.input);
  return recordInput(record, input, vectorDigest(record.roundingSeed, vectors));
}

const NOBODY = { until: () => new Promise<never>(() => undefined) };

async function open(base: Base): Promise<undefined> {
  const { member, deps } = partOf(base);
  const own = base.own as Fields & {
    taskId: string;
    policy: never;
    answersInput: boolean;
    grants: Wire[];
    lastSession: number | null;
    scope: { electorate: string[]; maxColluders: number } | null;
  };
  const message = base.message as Fields & {
    task: Wire;
    opening: Wire;
    electorate: string[];
    sessionId: string;
    input: string | null;
  };
  const known = own.scope && emptyScope(all(own.scope.electorate), own.scope.maxColluders);
  const stop = new AbortController();
  const announcement = {
    sessionId: message.sessionId,
    opening: signed(message.opening),
    electorate: all(message.electorate),
    hasInput: message.input !== null,
  };
  const env = {
    transport: {
      getTask: async () => ({ task: signed(message.task), pinned: null, revocations: [] }),
      async *watchSessions() {
        yield announcement;
      },
      getInput: async () => un(message.input as string),
    },
    journal: { lastSession: async () => own.lastSession, scope: async () => known, latches: async () => [] },
    passedOver: new Set(),
    trust: { anchors: anchorsOf(own.policy), revoked: new Set() },
    deps,
    now: () => 0,
    sleep: async () => stop.abort(),
  } as unknown as Env;
  const task = await fetchTask(env, { task: own.taskId }, stop.signal);
  const { answersInput } = own;
  const grants = own.grants.map(signed);
  const options = { task: own.taskId, vectors: {}, answersInput, grants };
  const { opened } = await findSession(env, task, options, stop.signal, () => true);
  if (opened.opening.input !== null) {
    const phases = { ...NOBODY, over: stop.signal };
    const run = { env, phases, signal: stop.signal, options: {}, emit: () => undefined } as unknown as Run;
    await doWork(run, opened, () => Promise.resolve({}));
  }
  const record = scopeAfter(base, known ?? emptyScope(opened.electorate));
  checkUnchanged(record, opened.answers, vectorDigest(record.roundingSeed, member.input));
}

async function roster(base: Base): Promise<undefined> {
  const { member, deps } = partOf(base);
  const { nowMs, revoked } = base.own as Fields & { nowMs: number; revoked: string[] };
  const message = base.message as Fields & {
    statement: Wire;
    entries: { identity: string; certificate: Wire | null; r0Hash: string; r0: Wire | null }[];
    revocations: Wire[];
  };
  const reply = {
    statement: signed(message.statement),
    entries: message.entries.map(({ identity, certificate, r0Hash, r0 }) => ({
      identity: un(identity),
      certificate: maybe(certificate),
      r0Hash: un(r0Hash),
      r0: maybe(r0),
    })),
    revocations: message.revocations.map(signed),
  };
  const { signal } = new AbortController();
  const run = {
    env: {
      transport: { getRoster: async () => reply, shareKeys: async () => undefined },
      journal: { append: async () => undefined },
      trust: { revoked: new Set(revoked) },
      deps,
      now: () => nowMs,
    },
    phases: { until: async () => ({ phase: 'r1' }), over: signal },
    signal,
    options: {},
    emit: () => undefined,
    state: null,
  } as unknown as Run;
  await shareKeysRound(run, clone(member.state));
}

function shares(base: Base): Signed {
  const { played, member, deps } = partOf(base);
  const { state } = memberAt(played.r1.members, base.participant);
  const message = base.message as Fields & {
    statement: Wire;
    deliveries: {
      position: number;
      ciphertext: string;
      leaves: string[];
      r1: Wire;
      proof: string[];
    }[];
  };
  const deliveries = message.deliveries.map((delivery) => ({
    position: delivery.position,
    ciphertext: un(delivery.ciphertext),
    leaves: all(delivery.leaves),
    r1: signed(delivery.r1),
    proof: all(delivery.proof),
  }));
  const shown = { statement: signed(message.statement), deliveries };
  const { scope, input } = member;
  const planned = must(planMaskedInput(clone(state), shown, input, scope.roundingSeed, deps));
  const { answers } = state.opened;
  recordInput(scopeAfter(base, scope), answers, planned.state.vector);
  return must(finishMaskedInput(planned.state, runJob(planned.job), deps)).send.header;
}

function complaint(base: Base): Signed {
  const { played, deps } = partOf(base);
  const { state, send } = {
    state: clone(memberAt(played.r2.members, base.participant).state),
    send: memberAt(played.r1.members, base.participant).send,
  };
  // The state of the sessions' deviating dealers is that of an honest one; what they signed were the spoiled packets.
  const dealt = new Map(
    [...state.dealt].map(([position, packet]) => [
      position,
      { ...packet, ciphertextHash: c.sha256(at(send.packets, position).ciphertext) },
    ]),
  );
  const { answered } = base.own as Fields & { answered: number[] };
  const { header } = base.message as Fields & { header: Wire };
  return must(answerComplaint({ ...state, dealt, answered }, signed(header), deps)).send.answer;
}

function headers(base: Base): Signed {
  const { played, member, deps } = partOf(base);
  const before = clone(memberAt(played.r2.members, base.participant).state);
  const own = base.own as Fields & { vote: string[] | null; acceptGrants: boolean; grants: Wire[] };
  const message = base.message as Fields & { statement: Wire; headers: Wire[] };
  const { anchors } = before.opened;
  const policy = { ...anchors.policy, acceptGrants: own.acceptGrants };
  const state = { ...before, opened: { ...before.opened, anchors: { ...anchors, policy } } };
  const vote = own.vote && all(own.vote);
  const record = scopeAfter(base, { ...member.scope, vote });
  const shown = { statement: signed(message.statement), headers: message.headers.map(signed), uploads: null };
  return must(signConsistency(state, shown, record, own.grants.map(signed), deps)).send;
}

function signatures(base: Base): Signed {
  const { played, deps } = partOf(base);
  const { state } = memberAt(played.r3.members, base.participant);
  const message = base.message as Fields & {
    signatures: Wire[];
    answers: { answer: Wire; shares: string[] }[];
  };
  const shown = {
    signatures: message.signatures.map(signed),
    answers: message.answers.map((given) => ({ answer: signed(given.answer), shares: all(given.shares) })),
  };
  return must(unmask(clone(state), shown, deps)).send.r4;
}

function result(base: Base): undefined {
  const { played, deps } = partOf(base);
  const { state } = memberAt(played.r4.members, base.participant);
  const message = base.message as Fields & { result: Wire; aggregate: string };
  must(acceptResult(state, signed(message.result), un(message.aggregate), deps));
}

function abort(base: Base): undefined {
  const { played, deps } = partOf(base);
  const message = base.message as Fields & { abort: Wire };
  must(acceptAbort(played.setup.header.id, coordinator.identity, signed(message.abort), deps));
}
