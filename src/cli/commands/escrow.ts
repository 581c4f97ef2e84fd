/** `blindsum escrow`: what a sum can be computed from again, for a named auditor. */
import { Command } from 'commander';
import { exportEscrow } from '../audit/export.js';
import { withConnection } from '../connection.js';

export function escrowCommand(): Command {
  const command = new Command('export')
    .description(
      'uploads and revealed shares of a closed session, as far as the coordinator kept them (escrow: on)',
    )
    .argument('<id>', 'session id or a prefix')
    .requiredOption('--out <file>', 'where it goes, mode 0600')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      '\nExample:\n  blindsum escrow export 258d --token-file dpo.token --out escrow/258d\nIt takes the token of an auditor (token create --role auditor) and is on record. Never publish it.\nCheck it with: blindsum audit verify audit --trust trust.yaml --escrow escrow',
    );
  return new Command('escrow')
    .description('what a sum can be computed from again, for auditors')
    .addCommand(withConnection(command, { token: true }).action(exportEscrow));
}
