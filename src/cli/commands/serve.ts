/** `blindsum serve`: the coordinator. `--dev` makes everything it needs in one folder; `--config` is for production. */
import { Command, Option } from 'commander';
import { usage } from '../errors.js';

interface ServeFlags {
  readonly dev?: string;
  readonly config?: string;
  readonly listen?: string;
  readonly data?: string;
  readonly store?: string;
  readonly insecure?: boolean;
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
    .addOption(
      new Option(
        '--store <url>',
        'keep sessions in PostgreSQL (postgres://…), or only in memory (memory)',
      ).env('BLINDSUM_STORE'),
    )
    .option('--insecure', 'no TLS; loopback addresses only')
    .option('--json', 'one JSON line when ready')
    .addHelpText(
      'after',
      `
Configuration (paths are relative to the file):
  listen: 0.0.0.0:7443
  tls: { certificate: server.pem, key: server.key }
  coordinatorKey: coordinator.key       # blindsum keygen --out coordinator.key
  organiser: organiser.pub              # the organiser's public key; its private key never lies here
  operatorTokenFile: operator.token     # at least 32 characters
  data: data                            # sessions outlive a restart here, in one SQLite file; or
  store: postgres://user@host/database  # (a password rather by BLINDSUM_STORE in the environment)
  session: { join: 60s, round: 60s }    # defaults for session open
  log: info                             # debug, info, warn, error
  limits:                               # all optional; these are the defaults. Only availability depends on them
    openSessions: 100                   # sessions that have not ended
    openSessionsPerTask: 32
    tasks: 1000
    uploadMiB: 1024                     # longest upload of one participant; larger tasks are refused
    stagedUploadsMiB: 32                # uploads on their way in, in memory; who finds no room waits
    inputMiB: 1024                      # longest input of a session
    connections: 4096
    connectionsPerAddress: 1024         # IPv6: per /64 network
    callsPerConnection: 256
    callsPerSecond: 100                 # of one participant in the long run, and at once
    callBurst: 2000
    callsAtOnce: 16                     # of one participant
    repliesAtOnce: 4                    # rosters, shares, inputs that one participant reads at a time
    watches: 64                         # of one participant
    requestsMiB: 256                    # requests on their way in, in memory
    requestSeconds: 60                  # until a request is whole

Example:
  blindsum serve --dev dev --listen 127.0.0.1:7443`,
    )
    .action(serve);
}

async function serve(flags: ServeFlags): Promise<void> {
  if ((flags.dev === undefined) === (flags.config === undefined))
    usage('give either --dev DIR or --config FILE');
  const { prepareDev, loadServeConfig } = await import('../serve-config.js');
  const config =
    flags.dev === undefined
      ? loadServeConfig(flags.config as string, flags)
      : await prepareDev(flags.dev, flags.insecure === true, flags);
  const { startService } = await import('../service.js');
  const { describeStore } = await import('../open-store.js');
  const service = await startService(flags.insecure === true ? { ...config, tls: null } : config);
  if (flags.json === true) {
    process.stdout.write(`${JSON.stringify({ listening: service.address, dev: flags.dev ?? null })}\n`);
  } else {
    process.stdout.write(`${readyText(service.address, describeStore(config.store), flags)}\n`);
  }
  await untilSignal();
  await service.stop();
}

function readyText(address: string, store: string, { dev, insecure }: ServeFlags): string {
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

function untilSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGINT', () => {
      resolve();
    });
    process.once('SIGTERM', () => {
      resolve();
    });
  });
}
