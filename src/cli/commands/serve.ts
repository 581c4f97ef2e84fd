/** `blindsum serve`: the coordinator. `--dev` makes everything it needs in one folder; `--config` is for production. */
import { Command } from 'commander';
import { usage } from '../errors.js';
import { createOutput } from '../output.js';

interface Flags {
  readonly dev?: string;
  readonly config?: string;
  readonly listen?: string;
  readonly data?: string;
  readonly store?: string;
  readonly insecure?: boolean;
  readonly printConfig?: boolean;
  readonly exampleConfig?: boolean;
  readonly json?: boolean;
}

export function serveCommand(): Command {
  return new Command('serve')
    .description('run the coordinator')
    .option(
      '--dev <dir>',
      'development: makes keys, TLS certificate, operator token and trust file in DIR, or uses those there',
    )
    .option('--config <file>', 'production: a YAML file; see below')
    .option(
      '--listen <host:port>',
      'address to listen on; default 127.0.0.1:7443, or what the configuration says',
    )
    .option(
      '--data <dir>',
      'where sessions are kept (SQLite); default: the folder data beside the configuration',
    )
    .option('--store <url>', 'keep sessions in PostgreSQL (postgres://…), or only in memory (memory)')
    .option('--insecure', 'no TLS; loopback addresses only')
    .option('--print-config', 'print what is in effect and where each value comes from, and end')
    .option('--example-config', 'print a configuration with all keys, their meaning and defaults, and end')
    .option('--json', 'one JSON line when ready')
    .addHelpText(
      'after',
      `
Configuration: a YAML file (--config), the environment over it, flags over both.
  listen: 0.0.0.0:7443
  tls: { certificate: server.pem, key: server.key }   # paths are relative to the file
  coordinatorKey: coordinator.key                     # blindsum keygen --out coordinator.key
  organiser: organiser.pub                            # the organiser's public key only
  operatorTokens: operator-tokens                     # blindsum token create --name NAME --out FILE --add operator-tokens
--example-config prints all keys. In the environment a key is BLINDSUM_SERVE_ and its name in capitals, with _ between words
and for the dot: BLINDSUM_SERVE_LISTEN, BLINDSUM_SERVE_LIMITS_OPEN_SESSIONS. Secrets come from files or the environment,
never from flags: BLINDSUM_SERVE_STORE may hold a password, --store may not (or use storePasswordFile, PGPASSFILE).

Examples:
  blindsum serve --dev dev --listen 127.0.0.1:7443
  blindsum serve --example-config > blindsum.yaml
  blindsum serve --config blindsum.yaml --print-config`,
    )
    .action(serve);
}

async function serve(flags: Flags): Promise<void> {
  const { exampleConfig, loadConfig, resolveConfig, printConfig, effective } =
    await import('../serve-config/index.js');
  if (flags.exampleConfig === true) {
    process.stdout.write(exampleConfig());
    return;
  }
  if ((flags.dev === undefined) === (flags.config === undefined))
    usage('give either --dev DIR or --config FILE');
  if (flags.printConfig === true) {
    const resolved = resolveConfig(flags);
    createOutput(flags.json === true).result(effective(resolved), printConfig(resolved));
    return;
  }
  const config = await loadConfig(flags);
  const { startService } = await import('../serve/service.js');
  const { describeStore } = await import('../store/open.js');
  // From here on: a signal that comes before the coordinator is up ends it, too.
  const signalled = untilSignal();
  const service = await startService(config);
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ listening: service.address, dev: flags.dev ?? null })}\n`);
  } else {
    process.stdout.write(`${readyText(service.address, describeStore(config.store), flags)}\n`);
  }
  await signalled;
  await service.stop();
}

function readyText(address: string, store: string, { dev, insecure }: Flags): string {
  if (dev === undefined) return `listening on ${address}; sessions are kept in ${store}`;
  const plain = insecure === true ? ' --insecure' : '';
  const connection = `--coordinator ${address} --trust ${dev}/trust.yaml`;
  return [
    `listening on ${address}; sessions are kept in ${store}`,
    `${dev}/ holds ca.pem, trust.yaml, operator.token, organiser.key (in production the organiser's key is never on the coordinator)`,
    '',
    'Next, in other terminals:',
    '  blindsum keygen --out a.key        # each participant; the same for b.key and c.key',
    `  blindsum task create --spec task.yaml --organiser ${dev}/organiser.key ${connection} --token-file ${dev}/operator.token${plain}`,
    `  blindsum session open --task ID --join 5m ${connection} --token-file ${dev}/operator.token${plain}`,
    '',
    `and each participant: blindsum contribute --task ID --identity a.key --input x.npy --output sum.npy ${connection}${plain}`,
  ].join('\n');
}

/** The first signal ends cleanly, a second one at once. */
function untilSignal(): Promise<void> {
  let isStopping = false;
  return new Promise((resolve) => {
    const listener = (): void => {
      if (isStopping) process.exit(130);
      isStopping = true;
      resolve();
    };
    process.on('SIGINT', listener);
    process.on('SIGTERM', listener);
  });
}
