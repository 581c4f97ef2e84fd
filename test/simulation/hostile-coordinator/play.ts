/**
 * Plays an adversary's decisions against real clients, each with its journal in memory, and keeps all that left them.
 * Nothing here judges; that is `knowledge.ts` and `oracle.ts`.
 */
import { equalBytes, toHex, utf8 } from '../../../crypto/bytes.js';
import { isBlindsumError } from '../../../src/protocol/errors.js';
import { maskedInputCodec } from '../../../src/protocol/messages.js';
import { type Members, memberSet } from '../../../src/protocol/sets.js';
import { ringOf } from '../../../src/protocol/suites/masking-ring/ring.js';
import type { Signed } from '../../../src/protocol/signed.js';
import type { SignaturesReply } from '../../../src/rpc/participant-api.js';
import { createParticipant, type Participant, type Upload } from './clients.js';
import type { Missing, Pass, Play, SessionPlay } from './decisions.js';
import {
  answerBy,
  complaintBy,
  type Context,
  type Dealt,
  headerBy,
  headersReply,
  makeContext,
  sameSets,
  sharesReply,
  signatureBy,
} from './forge.js';
import { smallRing } from './small-ring.js';
import { announcePhase, createSeat, type Seat, settled } from './seat.js';
import {
  createWorld,
  identitiesOf,
  type ShownOpening,
  type Under,
  valuesFor,
  VECTOR,
  type World,
} from './world.js';

export interface Observed {
  readonly world: World;
  /** By ctx in hex. */
  readonly contexts: ReadonlyMap<string, Context>;
  /** Sets that were shown, by hash in hex. */
  readonly sets: ReadonlyMap<string, Members>;
  readonly seats: readonly {
    readonly session: number;
    readonly opening: ShownOpening;
    readonly seat: Seat;
  }[];
  readonly uploads: readonly Upload[];
}

/** A seat with the opening it was shown. */
type Table = Map<number, { readonly seat: Seat; readonly opening: ShownOpening }>;

interface Stage {
  readonly world: World;
  readonly clients: ReadonlyMap<number, Participant>;
  readonly contexts: Map<string, Context>;
  readonly sets: Map<string, Members>;
  readonly seats: { session: number; opening: ShownOpening; seat: Seat }[];
  /** r3 of sessions before. */
  readonly replayed: Signed[];
}

export async function runPlay(play: Play, under: Under): Promise<Observed> {
  const world = createWorld(play, under);
  const uploads: Upload[] = [];
  const clients = new Map(world.honest.map((index) => [index, createParticipant(world, index, uploads)]));
  const stage: Stage = {
    world,
    clients,
    contexts: new Map(),
    sets: new Map(),
    seats: [],
    replayed: [],
  };
  const sessions = play.sessions.map((session, number) => playSession(stage, session, number));
  if (play.lockstep) {
    for (let going = sessions; going.length > 0;) {
      const left: typeof sessions = [];
      for (const session of going) if ((await session.next()).done !== true) left.push(session);
      going = left;
    }
  } else {
    for (const session of sessions) while ((await session.next()).done !== true);
  }
  for (const { seat } of stage.seats) seat.controller.abort();
  await settled();
  const { contexts, sets, seats } = stage;
  return { world, contexts, sets, seats, uploads };
}

/** Yields where another session may come in between. */
async function* playSession(stage: Stage, session: SessionPlay, number: number): AsyncGenerator<void> {
  const table = await joined(stage, session, number);
  yield;
  await showRosters(stage, session, table);
  yield;
  for (const pass of session.passes) {
    await startAgain(stage, table, pass);
    await showSecondSets(stage, session, table, pass);
    await showComplaints(stage, session, table);
    yield;
    await showThirdSets(stage, session, table, pass);
    yield;
    await showSignatures(stage, session, table, pass);
    yield;
  }
  await leave(stage, table);
}

async function joined(stage: Stage, session: SessionPlay, number: number): Promise<Table> {
  const { world } = stage;
  const table: Table = new Map();
  for (const index of world.honest.filter((one) => !session.absent.includes(one))) {
    const missing = session.electorates[index] as Missing;
    const opening = world.opening(number, session.inputs[index] as number, missing, session.granted);
    const announcement = {
      sessionId: opening.idHex,
      opening: opening.signed,
      electorate: identitiesOf(world, opening.electorate),
      hasInput: true,
    };
    const seat = createSeat(index, announcement, opening.input);
    announcePhase(seat, 'r0');
    table.set(index, { seat, opening });
    stage.seats.push({ session: number, opening, seat });
    start(stage, seat);
  }
  await settled();
  return table;
}

function start(stage: Stage, seat: Seat): void {
  const { world, clients } = stage;
  const { play, grant } = world;
  const { client, station } = clients.get(seat.participant) as Participant;
  const controller = new AbortController();
  seat.controller = controller;
  seat.status = 'running';
  station.seats.set(seat.announcement.sessionId, seat);
  station.offer = seat.announcement;
  const dependsOnInput = play.answersInput || play.scope === 'evolving';
  const vectors = dependsOnInput
    ? (input: Uint8Array | null) => ({ [VECTOR]: valuesFor(seat.participant, input as Uint8Array) })
    : { [VECTOR]: valuesFor(seat.participant, utf8('records')) };
  void client
    .contribute({
      task: world.taskId,
      vectors,
      grants: grant === null ? [] : [grant],
      resume: isKilled(play),
      signal: controller.signal,
    })
    .then(
      () => 'closed',
      (error: unknown) => (isBlindsumError(error) ? error.code : String((error as { code?: unknown }).code)),
    )
    .then((reason) => {
      if (seat.controller !== controller || seat.status === 'killed') return;
      seat.status = 'ended';
      seat.reason = reason;
    });
}

/** Only who may be killed keeps its secrets in the journal: saving them is most of the work. */
const isKilled = ({ sessions }: Play): boolean =>
  sessions.some(({ passes }) => passes.some(({ killedIn }) => killedIn.some((round) => round > 0)));

const running = (table: Table): { seat: Seat; opening: ShownOpening }[] =>
  [...table.values()].filter(({ seat }) => seat.status === 'running');

async function showRosters(stage: Stage, session: SessionPlay, table: Table): Promise<void> {
  const made = new Map<string, Context>();
  for (const { seat, opening } of running(table)) {
    const missing = session.rosters[seat.participant] as Missing;
    const r0s = new Map<number, Signed>();
    for (const index of opening.electorate.filter((one) => !missing.includes(one))) {
      const theirs = table.get(index);
      const isHere = theirs?.opening === opening || session.strangers;
      const r0 = opening.colluding.get(index)?.r0 ?? (isHere ? theirs?.seat.sent.r0[0] : undefined);
      if (r0 !== undefined) r0s.set(index, r0);
    }
    const key = `${opening.idHex}/${[...r0s.keys()].join()}`;
    const context = made.get(key) ?? makeContext(stage.world, opening, r0s, session.badPackets);
    made.set(key, context);
    stage.contexts.set(context.ctxHex, context);
    stage.sets.set(toHex(context.u1.hash), context.u1.members);
    seat.context = context;
    seat.replies.roster = context.reply;
    announcePhase(seat, 'r1');
  }
  await settled();
}

async function startAgain(stage: Stage, table: Table, pass: Pass): Promise<void> {
  for (const { seat } of table.values()) {
    if (seat.status === 'killed') await restart(stage, seat.participant);
    seat.killedIn = pass.killedIn[seat.participant] ?? 0;
  }
}

/** All sessions that the process was in, in their order: that is how the client takes them up. */
async function restart(stage: Stage, participant: number): Promise<void> {
  const { station } = stage.clients.get(participant) as Participant;
  for (const seat of station.seats.values()) {
    if (seat.status !== 'killed') continue;
    seat.replies = {};
    seat.events = [];
    seat.again = true;
    start(stage, seat);
    await settled();
  }
}

/** By what a pass names a position: its participant, or on a ring its place. */
const labelOf = (context: Context, position: number): number =>
  viewerOf(context, context.roster[position] as number);

/** Who is not on the roster that it was shown has no place. */
function viewerOf({ session, roster }: Context, participant: number): number {
  const position = roster.indexOf(participant);
  if (session.task.suite !== smallRing.id || position < 0) return participant;
  return ringOf(session).places[position] as number;
}

/** Positions of those of `among` who are not left out. */
function without(context: Context, among: Members, missing: Missing): Members {
  return among.filter((position) => !missing.includes(labelOf(context, position)));
}

function register(stage: Stage, context: Context, set: 2 | 3, members: Members): Uint8Array {
  const { hash } = memberSet(context.session.ctx, set, members, context.roster.length);
  stage.sets.set(toHex(hash), members);
  return hash;
}

async function showSecondSets(stage: Stage, session: SessionPlay, table: Table, pass: Pass): Promise<void> {
  for (const { seat } of running(table)) {
    const { context, participant } = seat;
    const isDone = seat.sent.headers.length > 0 && !seat.again;
    if (context === null || isDone || (pass.upTo[participant] as number) < 2) continue;
    const members = without(context, context.u1.members, pass.u2[viewerOf(context, participant)] as Missing);
    register(stage, context, 2, members);
    const dealt = new Map(
      context.roster.flatMap((dealer, position): [number, Dealt][] => {
        if (session.withheld.some(([from, to]) => from === dealer && to === participant)) return [];
        const r1 = context.colluders.get(dealer)?.r1 ?? table.get(dealer)?.seat.sent.r1[0];
        return r1 === undefined ? [] : [[position, r1]];
      }),
    );
    const changed = session.corrupted
      .filter(([, to]) => to === participant)
      .map(([from]) => context.roster.indexOf(from));
    const position = context.roster.indexOf(participant);
    seat.replies.shares = sharesReply(context, position, members, dealt, changed);
    announcePhase(seat, 'r2');
  }
  await settled();
  for (const { seat } of table.values()) seat.again = false;
}

/** Everybody is shown all complaints of honest holders, and those that colluders make about it. */
async function showComplaints(stage: Stage, session: SessionPlay, table: Table): Promise<void> {
  const headers = [...table.values()].flatMap(({ seat }) => seat.sent.headers);
  const honest = headers.filter((header) => maskedInputCodec.decode(header.payload).complaints.length > 0);
  for (const { seat } of running(table)) {
    const header = seat.sent.headers.at(-1);
    if (seat.context === null || header === undefined) continue;
    const { context, participant, sent } = seat;
    const { u2 } = maskedInputCodec.decode(header.payload);
    const forged = session.complaints
      .filter(([, dealer]) => dealer === participant)
      .map(([by]) => complaintBy(stage.world, by, context, u2, participant, sent.r1[0] as Dealt));
    const notices = [...honest, ...forged].flatMap((notice) => (notice === null ? [] : [{ header: notice }]));
    if (notices.length === 0) continue;
    seat.replies.complaints = notices;
    announcePhase(seat, 'r2', notices.length);
  }
  await settled();
}

async function showThirdSets(stage: Stage, _session: SessionPlay, table: Table, pass: Pass): Promise<void> {
  for (const { seat } of running(table)) {
    const own = seat.sent.headers.at(-1);
    const { context, participant } = seat;
    if (context === null || own === undefined || (pass.upTo[participant] as number) < 3) continue;
    const { u2 } = maskedInputCodec.decode(own.payload);
    const u2Members = stage.sets.get(toHex(u2)) as Members;
    const members = without(context, u2Members, pass.u3[viewerOf(context, participant)] as Missing);
    register(stage, context, 3, members);
    const headers = members.map((position) => {
      const member = context.roster[position] as number;
      if (!stage.world.isHonest(member)) return headerBy(stage.world, member, context, u2);
      return fittingHeader(table.get(member)?.seat, context, u2);
    });
    const position = context.roster.indexOf(participant);
    seat.replies.headers = headersReply(context, position, members, headers);
    announcePhase(seat, 'r3');
  }
  await settled();
}

/** Of several headers (only a broken client sends them) the one that its reader wants to see. */
function fittingHeader(seat: Seat | undefined, context: Context, u2: Uint8Array): Signed | null {
  const headers = seat?.sent.headers ?? [];
  const fitting = [...headers].reverse().find((header) => {
    const body = maskedInputCodec.decode(header.payload);
    return equalBytes(body.ctx, context.session.ctx) && equalBytes(body.u2, u2);
  });
  return fitting ?? headers.at(-1) ?? null;
}

/** Beside the signatures, lists of survivors: the sound protocol has no such thing and does not look at them. */
export interface WithLists extends SignaturesReply {
  readonly lists: readonly Members[];
}

async function showSignatures(stage: Stage, session: SessionPlay, table: Table, pass: Pass): Promise<void> {
  const { world } = stage;
  const signatures = [...table.values()].flatMap(({ seat }) => seat.sent.r3);
  const answers = [...table.values()].flatMap(({ seat }) => seat.sent.answers);
  for (const { seat } of running(table)) {
    const own = seat.sent.r3.at(-1);
    const { context, participant } = seat;
    if (context === null || own === undefined || (pass.upTo[participant] as number) < 4) continue;
    const fitting = signatures.filter((other) => session.mixed || sameSets(other, own));
    const forged = [...context.colluders.keys()].map((index) => signatureBy(world, index, own));
    const given = session.badPackets
      .filter(([, holder]) => holder === participant)
      .map(([dealer]) => answerBy(world, dealer, context, participant));
    const reply: WithLists = {
      signatures: [...fitting, ...forged, ...stage.replayed],
      answers: [...answers, ...given.filter((answer) => answer !== null)],
      lists: [context.u1.members, [context.roster.indexOf(participant)]],
    };
    seat.replies.signatures = reply;
    announcePhase(seat, 'r4');
  }
  await settled();
}

/** The coordinator gives the session up; what a later one can use of it stays. */
async function leave(stage: Stage, table: Table): Promise<void> {
  for (const { seat } of table.values()) {
    stage.replayed.push(...seat.sent.r3);
    seat.killedIn = 0;
    if (seat.status === 'killed') await restart(stage, seat.participant);
    if (seat.status === 'running') announcePhase(seat, 'aborted');
  }
  await settled();
}
