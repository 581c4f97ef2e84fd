/** `blindsum doctor`: one line for each thing that a coordinator, or those who connect to it, need. */
import { Command } from 'commander';
import { type ConnectionFlags, resolveConnection, withConnection } from '../connection.js';
import type { Check } from '../doctor/checks.js';
import { createOutput } from '../output.js';

interface Flags extends ConnectionFlags {
  readonly config?: string;
  readonly json?: boolean;
}

export function doctorCommand(): Command {
  const command = new Command('doctor')
    .description('look at what a coordinator needs (--config), or at the way to one (--coordinator, --trust)')
    .option('--config <file>', 'the configuration of serve: keys, TLS, tokens, disk, store, port')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
Exit code: 1 when something does not work.

Examples:
  blindsum doctor --config blindsum.yaml
  blindsum doctor --coordinator host:7443 --trust trust.yaml`,
    );
  return withConnection(command, { token: true }).action(doctor);
}

async function doctor(flags: Flags): Promise<void> {
  const checks = await checksOf(flags);
  createOutput(flags.json === true).result(
    checks,
    checks.map(({ name, status, message }) => `${status.padEnd(4)}  ${name}: ${message}`).join('\n'),
  );
  if (checks.some(({ status }) => status === 'fail')) process.exitCode = 1;
}

async function checksOf(flags: Flags): Promise<readonly Check[]> {
  if (flags.config !== undefined) {
    const { checkServer } = await import('../doctor/server.js');
    return checkServer(flags.config);
  }
  const connection = await resolveConnection(flags);
  const { checkClient } = await import('../doctor/client.js');
  return checkClient(connection);
}
