/* global AbortController */
/** One session: its participants, what happens to its coordinators, and what came of it. */
import { join } from 'node:path';
import { toHex } from '../../../dist/crypto/index.js';
import { identityOf, inputOf, sumName } from './inputs.mjs';
import { startParticipants } from './participants.mjs';

/** Enough for a coordinator to come back twice. */
const TIMES = { joinMs: 120_000, roundMs: 60_000 };
/** Whose upload was lost after it was acknowledged does not come again: the others wait for the end of the round. */
const TIMES_WITH_LOSSES = { joinMs: 60_000, roundMs: 15_000 };

export async function runSession(run) {
  const { seed, number, participants, length, pace, folder, nodes, operator, kills, due } = run;
  const identities = Array.from({ length: participants }, (_, i) => identityOf(seed, number, i).publicKey);
  const taskId = await operator.createTask(`failover ${number}`, identities, length);
  // No round in which something is to happen may end before it has: not on a machine that is busy either.
  const held = [...new Set(due.map(({ round }) => round))];
  const { ready, reports, release, haveAcked } = startParticipants({
    ...{ participants, addresses: nodes.addresses, trust: join(folder, 'dev', 'trust.yaml') },
    ...{ taskId, seed, number, length, pace, held },
  });
  await ready;
  const sessionId = await operator.openSession(
    taskId,
    run.break === 'ack-before-commit' ? TIMES_WITH_LOSSES : TIMES,
  );
  const showsFault = () => (run.break === 'ack-before-commit' ? haveAcked() : nodes.hasFoldedOnly);
  let last = null;
  for await (const session of operator.follow(sessionId, new AbortController().signal)) {
    last = session;
    kills.look(session, due, { release, showsFault });
  }
  // What did not happen keeps nobody waiting.
  held.forEach(release);
  const all = await reports;
  await kills.settle();
  return judge(run, identities, last, all);
}

function judge({ seed, number, length }, identities, { phase, u3, abort, accepted }, reports) {
  const survivors = new Set((u3 ?? []).map(toHex));
  const isIn = (index) => phase === 'closed' && survivors.has(toHex(identities[index]));
  const expected = new Float64Array(length);
  for (const index of identities.keys()) {
    if (isIn(index)) inputOf(seed, number, index, length).forEach((value, i) => (expected[i] += value));
  }
  const name = sumName(expected);
  const statements = new Set(reports.flatMap((report) => report.statements));
  const kinds = new Set([...statements].map((statement) => statement.split(' ')[0]));
  const acked = reports.filter((report) => report.acked);
  // Of an aborted session no upload is in a sum: what the store had is not lost.
  const lost =
    phase === 'closed'
      ? acked.filter(({ index }) => !isIn(index)).length
      : Math.max(0, acked.length - accepted.r2);
  const wrong = reports.filter(({ index, sum }) => isIn(index) && sum !== name);
  const codes = [...new Set(reports.flatMap(({ code }) => code ?? []))];
  return {
    isExact: phase === 'closed' && wrong.length === 0,
    isWrong: wrong.some(({ sum }) => sum !== null),
    lost,
    duplicates: reports.reduce((total, { duplicates }) => total + duplicates, 0),
    secondSets: statements.size - kinds.size,
    text: [
      abort === null ? phase : `${phase} (${abort.code}: ${abort.message})`,
      `${survivors.size} of ${identities.length} in the sum`,
      `${reports.reduce((total, { retries }) => total + retries, 0)} retries`,
      ...(lost === 0 ? [] : [`${lost} acknowledged uploads lost`]),
      ...(wrong.length === 0 ? [] : [`${wrong.length} without the right sum`]),
      ...(codes.length === 0 ? [] : [codes.join(', ')]),
    ].join(', '),
  };
}
