/** `blindsum bench health`: how soon a coordinator answers health checks while it takes masks off. */
import { Command } from 'commander';
import { createOutput } from '../output.js';
import { dropoutFlag, jsonFlag, lengthFlag, participantsFlag } from './bench-flags.js';

interface Flags {
  readonly participants: number;
  readonly length: number;
  readonly dropout: string;
  readonly json?: boolean;
}

const HELP = `
A coordinator, a process of its own, is asked over TLS every 20 ms, first while it has nothing to do, then during a job of as
many masks as a session of this size has to be opened.

Example:
  blindsum bench health --participants 500 --length 1000000 --dropout 0.1 --json`;

export const benchHealthCommand = (): Command =>
  new Command('health')
    .description('answers of the gRPC health service while masks are taken off')
    .addOption(participantsFlag(500))
    .addOption(lengthFlag('coordinates, 32 bits each', 1_000_000))
    .addOption(dropoutFlag())
    .addOption(jsonFlag())
    .addHelpText('after', HELP)
    .action(bench);

async function bench({ participants, length, dropout, json }: Flags): Promise<void> {
  const { checkDropout } = await import('../bench/dropout.js');
  const { benchHealth } = await import('../bench/health.js');
  const output = createOutput(json === true);
  const dropped = checkDropout(dropout, participants);
  output.note(`health: ${participants} participants, ${dropped} dropped, ${length} coordinates`);
  const cost = await benchHealth({ participants, length, dropped });
  const { streams, seconds, idle, unmasking } = cost;
  const text =
    `${streams} masks of ${length} coordinates in ${seconds} s; health answers in ${unmasking.medianMs} ms, at worst ` +
    `${unmasking.worstMs} ms (${unmasking.asked} asked); idle ${idle.medianMs} ms, at worst ${idle.worstMs} ms`;
  output.result({ node: process.version, ...cost }, text);
}
