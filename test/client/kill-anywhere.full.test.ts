// kill -9 at any instant, again and again: whatever was cut off – opening the journal, a round, a latch half written –
// the participant never says two different things, and with resume the session still ends with the sum.
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openFileJournal } from '../../src/client/node/file-journal.js';
import type { Party } from '../helpers/protocol.js';
import { deterministicRandom } from '../../crypto/random.js';
import { utf8 } from '../../crypto/bytes.js';
import { type Participant, startParticipant } from './helpers/processes.js';
import type { Method, Sent } from './helpers/transports.js';
import { makeWorld, sumOf, valuesOf, type World } from './helpers/world.js';

const SENDS: readonly Method[] = [
  'advertiseKeys',
  'shareKeys',
  'beginUpload',
  'putChunk',
  'commitUpload',
  'consistency',
  'unmask',
];
/** Dozens of processes one after the other: on a busy machine that takes its time. */
const TIMEOUT_MS = 300_000;
/** Calls between two kills, and then up to so many milliseconds: long enough for what follows a call, latches included. */
const MOST_CALLS = 4;
const MOST_MS = 12;

let folder: string;
let made: World;
const PATIENT = { joinMs: 600_000, roundMs: 600_000 };
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'blindsum-kills-'));
  made = await makeWorld(PATIENT);
});
afterEach(async () => {
  await made.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** One life of the participant: killed some milliseconds after one of its first calls, unless it ends before. */
async function live(
  sent: Sent[],
  resume: boolean,
  draw: (below: number) => number,
): Promise<Awaited<Participant['outcome']>> {
  let calls = draw(MOST_CALLS + 1);
  const life = startParticipant(made, 0, {
    journal: join(folder, 'a.journal'),
    resume,
    sent,
    onCall: (_method, child) => {
      if (calls-- === 0) void sleep(draw(MOST_MS)).then(() => child.kill('SIGKILL'));
    },
  });
  const outcome = await life.outcome;
  await life.exited;
  return outcome;
}

/** The session is over in the journal: whoever is killed between that and its report would wait for the next one. */
async function isOver(): Promise<boolean> {
  const journal = openFileJournal(join(folder, 'a.journal'), (made.parties[0] as Party).identity);
  const joined = await journal.lastSession(made.taskId);
  const unfinished = await journal.unfinished(made.taskId);
  await journal.close();
  return joined !== null && unfinished.length === 0;
}

const everyone = (): number[] => made.parties.map((_, index) => index);

const others = (): Promise<unknown>[] =>
  everyone()
    .slice(1)
    .map((index) =>
      made
        .client(index)
        .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) } })
        .catch(() => undefined),
    );

function saysOneThing(sent: readonly Sent[], session: string): void {
  for (const name of SENDS) {
    const said = sent.filter(({ method, bytes }) => method === name && bytes.includes(session));
    expect(new Set(said.map(({ bytes }) => bytes)).size).toBeLessThanOrEqual(1);
  }
}

/** Numbers that are the same in every run. */
function drawing(seed: string): (below: number) => number {
  const random = deterministicRandom(utf8(seed));
  return (below) => ((random(2)[0] as number) * 256 + (random(2)[0] as number)) % below;
}

/** Killed again and again, until its session has ended with the sum of all. */
async function comesThrough(draw: (below: number) => number): Promise<void> {
  const sent: Sent[] = [];
  const rest = others();
  const id = await made.open();
  let kills = 0;
  let outcome = await live(sent, true, draw);
  for (; outcome.code === 'killed' && kills < 60 && !(await isOver()); kills += 1)
    outcome = await live(sent, true, draw);
  if (outcome.code !== 'killed') expect(outcome).toEqual({ code: 'closed', sum: [...sumOf(everyone())] });
  const row = await made.coordinator.operator.getSession(id);
  expect(row).toMatchObject({ phase: 'closed' });
  expect(kills).toBeGreaterThan(0);
  saysOneThing(sent, id);
  await Promise.all(rest);
}

test.each([1, 2, 3, 4, 5, 6])(
  'with resume, run %i: killed until it comes through',
  (run) => comesThrough(drawing(`resume ${run}`)),
  TIMEOUT_MS,
);

test(
  'with resume on a ring: killed until it comes through',
  async () => {
    await made.stop();
    // The smallest ring that stands one colluder and one dropout.
    const task = { suite: 'masking/ring', maxColluders: 1, minSurvivors: 13 };
    made = await makeWorld({ ...PATIENT, count: 14, task });
    await comesThrough(drawing('ring'));
  },
  TIMEOUT_MS,
);

test.each([1, 2, 3, 4])(
  'without resume, run %i: refuses rather than making anything twice',
  async (run) => {
    const draw = drawing(`no resume ${run}`);
    const sent: Sent[] = [];
    const rest = others();
    const id = await made.open();
    let outcome = await live(sent, false, draw);
    for (let kills = 0; outcome.code === 'killed' && kills < 60 && !(await isOver()); kills += 1)
      outcome = await live(sent, false, draw);
    if (outcome.code !== 'killed') expect(['SESSION_DEAD', 'closed']).toContain(outcome.code);
    expect(await isOver()).toBe(true);
    saysOneThing(sent, id);
    await made.coordinator.operator.cancelSession(id, 'end of test').catch(() => undefined);
    await Promise.all(rest);
  },
  TIMEOUT_MS,
);
