/** `blindsum witness`: cosigns the log of a coordinator, for as long as it only grows. */
import { Command, Option } from 'commander';
import { type PinnedFlags, resolvePinned, withConnection } from '../connection.js';
import type { WitnessEvent } from '../../client/witness.js';
import { durationBetween, parseDuration } from '../durations.js';
import { onInterrupt } from '../interrupt.js';
import { createOutput, type Output } from '../output.js';

interface WitnessFlags extends PinnedFlags {
  readonly identity: string;
  readonly name: string;
  readonly state: string;
  readonly interval: number;
  readonly once?: boolean;
  readonly json?: boolean;
}

export function witnessCommand(): Command {
  const command = new Command('witness')
    .description(
      "cosign a coordinator's log, so that it cannot show two; refuses, with the evidence, when it does",
    )
    .requiredOption('--identity <key>', "the witness's private key file, used for nothing else")
    .requiredOption(
      '--name <name>',
      'as trust files and the configuration of the coordinator name this witness',
    )
    .requiredOption('--state <file>', 'what was cosigned; never start again without it')
    .option(
      '--coordinator-key <key>',
      "the coordinator's public key (hex or .pub file), instead of a trust file",
    )
    .option('--ca <file>', 'with --coordinator-key: the CA of its TLS certificate (PEM)')
    .addOption(
      new Option('--interval <duration>', 'how often to look')
        .argParser(durationBetween('1s', '1d'))
        .default(parseDuration('10s'), '10s'),
    )
    .option('--once', 'look once and end')
    .option('--json', 'print JSON, a line for each checkpoint')
    .addHelpText(
      'after',
      '\nExample:\n  blindsum keygen --out witness.key\n  blindsum witness --coordinator sum.example.org:7443 --trust trust.yaml --identity witness.key --name hospital-a --state witness.state',
    );
  return withConnection(command, { token: false }).action(witness);
}

async function witness(flags: WitnessFlags): Promise<void> {
  const output = createOutput(flags.json === true);
  const { coordinatorKey, ca, clientTls, ...link } = await resolvePinned(flags);
  const { openFileJournal } = await import('../../client/node/file-journal.js');
  const { createGrpcWitness } = await import('../../client/node/grpc-witness.js');
  const { keyFileWarning, readSigner } = await import('../../client/node/key-files.js');
  const { createTokenSource } = await import('../../client/node/token.js');
  const { createWitness } = await import('../../client/witness.js');
  const signer = readSigner(flags.identity);
  const warning = keyFileWarning(flags.identity);
  if (warning !== null) output.note(warning);
  const journal = openFileJournal(flags.state, signer.publicKey);
  const api = createGrpcWitness({
    ...link,
    ...(ca !== undefined && { ca }),
    ...(clientTls !== undefined && { clientTls }),
    token: createTokenSource({ signer, coordinatorKey }),
  });
  const interrupt = onInterrupt();
  const { signal } = interrupt;
  try {
    const made = createWitness({ api, journal, coordinator: coordinatorKey, name: flags.name, signer });
    if (flags.once === true) told(output, await made.look(signal));
    else await made.watch({ intervalMs: flags.interval, signal, onEvent: shower(output) });
  } finally {
    interrupt.dispose();
    api.close();
    await journal.close();
  }
}

/** What is new is the result, all else is progress; that nothing is new is said once. */
function shower(output: Output): (event: WitnessEvent) => void {
  let isQuiet = false;
  return (event) => {
    if (event.type === 'cosigned') told(output, event);
    else if (event.type === 'retry' || !isQuiet) output.note(textOf(event));
    isQuiet = event.type === 'unchanged';
  };
}

const told = (output: Output, event: WitnessEvent): void => output.result(event, textOf(event));

function textOf(event: WitnessEvent): string {
  switch (event.type) {
    case 'cosigned':
      return `cosigned the log of ${event.size} ${event.size === 1 ? 'entry' : 'entries'}, root ${event.root}`;
    case 'unchanged':
      return event.size === 0 ? 'nothing was logged yet' : `still ${event.size} in the log`;
    case 'retry':
      return `${event.code}: trying again in ${(event.inMs / 1000).toFixed(1)} s`;
  }
}
