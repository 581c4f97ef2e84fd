/**
 * Sessions of real client processes against real coordinator processes (dist/) that are killed with SIGKILL in the middle
 * of them, and a database that crashes once. Afterwards every sum is computed again from the inputs.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { help, readOptions } from './lib/failover/options.mjs';
import { Kills, planKills } from './lib/failover/kills.mjs';
import { Nodes } from './lib/failover/nodes.mjs';
import { Operator } from './lib/failover/operator.mjs';
import { stopParticipants } from './lib/failover/participants.mjs';
import { runSession } from './lib/failover/session.mjs';
import { Tally } from './lib/failover/tally.mjs';
import { drawing } from './lib/failover/inputs.mjs';
import { startPostgres } from './lib/postgres.mjs';

const options = readOptions(process.argv.slice(2));
if (options === null) process.stdout.write(help);
else await main(options);

async function main({ json, ...asked }) {
  const say = (text) => process.stderr.write(`${text}\n`);
  const folder = mkdtempSync(join(tmpdir(), 'blindsum-failover-'));
  const database = asked.store === 'postgres' ? await startPostgres() : null;
  const store = database === null ? null : await database.createDatabase();
  const nodes = new Nodes({ folder, count: asked.nodes, store, broken: asked.break });
  process.once('SIGINT', () => void end(130));
  process.once('uncaughtException', (error) => void failed(error));

  async function end(code) {
    stopParticipants();
    nodes.destroy();
    await database?.dispose();
    if (code === 0) rmSync(folder, { recursive: true, force: true });
    else say(`what the coordinators logged is in ${folder}`);
    process.exit(code);
  }

  function failed(error) {
    say(String(error?.stack ?? error));
    return end(3);
  }

  try {
    say(`seed ${asked.seed}: ${asked.sessions} sessions of ${asked.participants}, ${asked.kills} kills`);
    await nodes.start();
    const operator = new Operator(folder, nodes.addresses);
    const tally = new Tally();
    const kills = new Kills({
      nodes,
      database,
      tally,
      say,
      draw: drawing(`${asked.seed}/kills`),
      pace: asked.pace,
    });
    const plan = planKills(asked, database !== null);
    for (let number = 0; number < asked.sessions; number += 1) {
      await nodes.up();
      const outcome = await runSession({
        ...asked,
        number,
        folder,
        nodes,
        operator,
        kills,
        due: plan[number],
      });
      tally.count(outcome);
      say(`session ${number + 1} of ${asked.sessions}: ${outcome.text}`);
    }
    operator.close();
    const result = tally.result();
    process.stdout.write(json ? `${JSON.stringify(result)}\n` : `${tally.text()}\n`);
    await end(tally.isLost() ? 1 : 0);
  } catch (error) {
    await failed(error);
  }
}
