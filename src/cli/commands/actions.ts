/** `blindsum actions list`: what operators changed, as the coordinator recorded it. */
import { Command } from 'commander';
import type { ActionSummary } from '../../rpc/operator-api.js';
import { type ConnectionFlags, withConnection, withOperator } from '../connection.js';
import { parseInteger } from '../durations.js';
import { createOutput } from '../output.js';

interface Flags extends ConnectionFlags {
  readonly limit: number;
  readonly before?: number;
  readonly json?: boolean;
}

export function actionsCommand(): Command {
  const list = new Command('list')
    .description('what operators changed, the newest first: when, who, what, to what, and what came of it')
    .option('--limit <n>', 'so many at most, 1 to 1000', parseInteger(1, 1000), 50)
    .option('--before <id>', 'only older ones than this', parseInteger(1))
    .option('--json', 'print JSON')
    .addHelpText('after', '\nExample:\n  blindsum actions list --limit 20');
  return new Command('actions')
    .description('the record of what operators did')
    .addCommand(withConnection(list, { token: true }).action(listActions));
}

async function listActions(flags: Flags): Promise<void> {
  await withOperator(flags, async ({ operator }) => {
    const { limit, before } = flags;
    const actions = await operator.listActions({ limit, ...(before === undefined ? {} : { before }) });
    createOutput(flags.json === true).result(
      actions.map(({ atMs, ...action }) => ({ at: new Date(atMs).toISOString(), ...action })),
      actions.map(lineOf).join('\n') || 'no actions',
    );
  });
}

function lineOf({ id, atMs, actor, action, subject, detail }: ActionSummary): string {
  const { outcome, ...more } = detail;
  const fields = Object.entries(more).map(([name, value]) => `${name}=${String(value)}`);
  return [id, new Date(atMs).toISOString(), actor, action, subject || '-', outcome, ...fields].join('  ');
}
