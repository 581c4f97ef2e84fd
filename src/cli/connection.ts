/** Connection flags shared by the commands; what is not given comes from the environment or a config file. */
import { type Command, Option } from 'commander';
import { z } from 'zod';
import type { OperatorApi } from '../rpc/operator-api.js';
import type { Trust } from '../client/index.js';
import type { ClientTls } from '../rpc/tls-credentials.js';
import { refuse } from '../protocol/errors.js';
import { describeIssue } from '../protocol/schema-issue.js';
import { usage } from './errors.js';
import { trustFrom } from './trust-flag.js';

export interface ConnectionFlags {
  readonly coordinator?: readonly string[];
  readonly trust?: string;
  readonly tokenFile?: string;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
  readonly insecure?: boolean;
}

/** @param kinds which of the flags a command has */
export function withConnection(command: Command, kinds: { token: boolean }): Command {
  command
    .addOption(
      new Option(
        '--coordinator <url>',
        'address of the coordinator, host:port; of several nodes: a:7443,b:7443, or the flag for each',
      )
        .env('BLINDSUM_COORDINATOR')
        .argParser(addAddresses),
    )
    .addOption(new Option('--trust <file>', 'trust file: pinned keys, CA and policy').env('BLINDSUM_TRUST'))
    .addOption(
      new Option('--tls-cert <file>', 'your TLS certificate (PEM), where the coordinator asks for one').env(
        'BLINDSUM_TLS_CERT',
      ),
    )
    .addOption(new Option('--tls-key <file>', 'its key (PEM)').env('BLINDSUM_TLS_KEY'))
    .option('--insecure', 'no TLS; loopback addresses only');
  if (kinds.token)
    command.addOption(new Option('--token-file <file>', 'operator token').env('BLINDSUM_TOKEN_FILE'));
  return command;
}

function addAddresses(text: string, before: readonly string[] = []): readonly string[] {
  const added = text.split(',').map((address) => address.trim());
  return [...before, ...added.filter((address) => address !== '')];
}

const configSchema = z.strictObject({
  coordinator: z.union([z.string(), z.array(z.string())]).optional(),
  trust: z.string().optional(),
  tokenFile: z.string().optional(),
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
});

async function fromConfig(): Promise<z.infer<typeof configSchema>> {
  const path = process.env['BLINDSUM_CONFIG'];
  if (path === undefined) return {};
  const { readYaml } = await import('../client/node/yaml-file.js');
  const document = readYaml(path) ?? {};
  const parsed = configSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  refuse('BAD_CONFIG', 'caller', `${path} (BLINDSUM_CONFIG): ${describeIssue(parsed.error, document)}`);
}

/** How a coordinator is reached. */
export interface Link {
  /** Of one coordinator: any of them will do. */
  readonly coordinator: readonly string[];
  readonly clientTls: ClientTls | undefined;
  readonly insecure: boolean;
}

export interface Connection extends Link {
  readonly trust: Trust;
  readonly tokenFile: string | undefined;
}

interface Given extends Link {
  readonly trustFile: string | undefined;
  readonly tokenFile: string | undefined;
}

async function given(flags: ConnectionFlags): Promise<Given> {
  const config = await fromConfig();
  const coordinator =
    flags.coordinator ?? [config.coordinator ?? []].flat().flatMap((text) => addAddresses(text));
  if (coordinator.length === 0) usage('--coordinator (or BLINDSUM_COORDINATOR) is needed');
  return {
    coordinator,
    clientTls: await readClientTls(flags.tlsCert ?? config.tlsCert, flags.tlsKey ?? config.tlsKey),
    insecure: flags.insecure === true,
    trustFile: flags.trust ?? config.trust,
    tokenFile: flags.tokenFile ?? config.tokenFile,
  };
}

/** @throws BlindsumError USAGE, NO_TRUST */
export async function resolveConnection(flags: ConnectionFlags): Promise<Connection> {
  const { trustFile, ...link } = await given(flags);
  if (trustFile === undefined) {
    refuse(
      'NO_TRUST',
      'caller',
      'no trust file: get one from your organiser over a channel you trust (it pins the keys of the organiser and the coordinator, the CA and your policy) and give it with --trust FILE',
    );
  }
  return { ...link, trust: await trustFrom(trustFile) };
}

export interface PinnedFlags extends ConnectionFlags {
  readonly coordinatorKey?: string;
  readonly ca?: string;
}

export interface PinnedConnection extends Link {
  /** Ed25519 key of the coordinator. */
  readonly coordinatorKey: Uint8Array;
  /** PEM; undefined: the CAs that the platform knows. */
  readonly ca: string | undefined;
}

/** For those who need of a trust file no more than the coordinator's key. @throws BlindsumError USAGE, UNREADABLE_FILE */
export async function resolvePinned(flags: PinnedFlags): Promise<PinnedConnection> {
  const { trustFile, ...link } = await given(flags);
  if (flags.coordinatorKey === undefined) {
    if (flags.ca !== undefined) usage('--ca goes with --coordinator-key; a trust file names its own');
    if (trustFile === undefined) usage('--coordinator-key or --trust is needed: whose log is witnessed');
    const { anchors, ca } = await trustFrom(trustFile);
    return { ...link, coordinatorKey: anchors.coordinator, ca };
  }
  const { readText } = await import('../client/node/files.js');
  const { readPublicKey } = await import('../client/node/key-files.js');
  const { fromHex } = await import('../../crypto/bytes.js');
  const isHex = /^[0-9a-fA-F]{64}$/.test(flags.coordinatorKey);
  return {
    ...link,
    coordinatorKey: isHex ? fromHex(flags.coordinatorKey) : readPublicKey(flags.coordinatorKey),
    ca: flags.ca === undefined ? undefined : readText(flags.ca),
  };
}

async function readClientTls(
  cert: string | undefined,
  key: string | undefined,
): Promise<ClientTls | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) return usage('--tls-cert and --tls-key are needed together');
  const { readText } = await import('../client/node/files.js');
  return { certPem: readText(cert), keyPem: readText(key) };
}

export interface OperatorConnection {
  readonly operator: OperatorApi;
  readonly trust: Trust;
  readonly close: () => void;
}

/** Connects for the time of `use`. */
export async function withOperator<T>(
  flags: ConnectionFlags,
  use: (connection: OperatorConnection) => Promise<T>,
  limits: { readonly maxReplyBytes?: number } = {},
): Promise<T> {
  const connection = await connectOperator(flags, limits);
  try {
    return await use(connection);
  } finally {
    connection.close();
  }
}

async function connectOperator(
  flags: ConnectionFlags,
  limits: { readonly maxReplyBytes?: number },
): Promise<OperatorConnection> {
  const { coordinator, trust, tokenFile, clientTls, insecure } = await resolveConnection(flags);
  const tokenPath =
    tokenFile ??
    usage('--token-file (or BLINDSUM_TOKEN_FILE) is needed: the operator token of the coordinator');
  const { readOperatorToken } = await import('./secret-file.js');
  const { createGrpcOperator } = await import('../operator/grpc-operator.js');
  const operator = createGrpcOperator({
    coordinator,
    token: readOperatorToken(tokenPath),
    coordinatorKey: trust.anchors.coordinator,
    insecure,
    ...limits,
    ...(trust.ca === undefined ? {} : { ca: trust.ca }),
    ...(clientTls === undefined ? {} : { clientTls }),
  });
  return {
    operator,
    trust,
    close: () => {
      operator.close();
    },
  };
}
