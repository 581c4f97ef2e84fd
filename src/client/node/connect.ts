/** A participant in one call: files and a URL become a client with a gRPC transport and a journal on disk. */
import { verifyElsewhere } from '../../../crypto/backend/verify-elsewhere.js';
import { createNodeEngine } from '../../../crypto/engine/node.js';
import { type Identity, identityFromSeed } from '../../../crypto/signature.js';
import type { BeaconSource } from '../../protocol/beacon.js';
import { BlindsumError } from '../../protocol/errors.js';
import { type Signed, signerFromSeed } from '../../protocol/signed.js';
import type { Engine } from '../../protocol/suite.js';
import type { ClientTls } from '../../rpc/tls-credentials.js';
import { createClient } from '../client.js';
import { createDrandFile } from './drand-file.js';
import type { Journal } from '../journal.js';
import type { Trust } from '../trust.js';
import type { Client } from '../types.js';
import { openFileJournal } from './file-journal.js';
import { createGrpcTransport, type GrpcTransportOptions } from './grpc-transport.js';
import { keyFileWarning, readIdentity, readSigned } from './key-files.js';
import { createTokenSource } from './token.js';
import { loadTrust } from './trust-file.js';

export interface ConnectOptions {
  /** 'https://host:port' or 'host:port'; or those of several nodes of one coordinator, of which any will do. */
  readonly coordinator: string | readonly string[];
  /** Path of the trust file, or what `parseTrust` made. */
  readonly trust: string | Trust | undefined;
  /** Path of the key file, or the 32-byte seed; then `journal` is needed, too. */
  readonly identity: string | Uint8Array;
  /** Not needed where the tasks pin the list of participants. */
  readonly cert?: string | Signed | null;
  /** Default: the identity's path with `.journal` appended. A journal object stays the caller's to close. */
  readonly journal?: string | Journal;
  /** PEM: a certificate of your own, where the coordinator asks for one (`tls.clientCa`). */
  readonly clientTls?: ClientTls;
  /** Plaintext, to loopback addresses only. */
  readonly insecure?: boolean;
  /** Default: the fast engine for Node. An engine given here stays the caller's to close. */
  readonly engine?: Engine;
  /** Default: the file that the trust file names under `beacon`. */
  readonly beacon?: BeaconSource;
  readonly onWarning?: (warning: string) => void;
  readonly transport?: Pick<GrpcTransportOptions, 'timeoutMs' | 'maxReplyBytes' | 'onBytes'>;
}

export interface ConnectedClient extends Client {
  /** Ed25519 public key, 32 bytes. */
  readonly identity: Uint8Array;
  /** Bytes of protobuf messages so far. */
  bytes(): { readonly up: number; readonly down: number };
  /** Ends calls, lets go of the journal. */
  close(): Promise<void>;
}

/** @throws BlindsumError NO_TRUST, BAD_CONFIG, UNREADABLE_FILE, JOURNAL_LOCKED. The network is not used before the first call. */
export async function connect(options: ConnectOptions): Promise<ConnectedClient> {
  const trust = typeof options.trust === 'object' ? options.trust : loadTrust(options.trust);
  const { seed, publicKey } = readSeed(options);
  const { cert = null } = options;
  const certificate = typeof cert === 'string' ? readSigned(cert, 'CERTIFICATE') : cert;
  const signer = signerFromSeed(seed, publicKey);
  const { ca } = trust;
  const transport = createGrpcTransport({
    ...options.transport,
    coordinator: options.coordinator,
    ...(ca !== undefined && { ca }),
    ...(options.clientTls !== undefined && { clientTls: options.clientTls }),
    ...(options.insecure !== undefined && { insecure: options.insecure }),
    token: createTokenSource({ signer, coordinatorKey: trust.anchors.coordinator }),
    certificate,
  });
  try {
    const owned = typeof options.journal !== 'object';
    const journal =
      typeof options.journal === 'object'
        ? options.journal
        : openFileJournal(journalPath(options, options.journal), publicKey);
    const engine = options.engine ?? createNodeEngine();
    const beacon = options.beacon ?? beaconSource(trust);
    const parts = { transport, journal, trust, identity: signer, certificate, engine, beacon };
    const client = createClient({ ...parts, verifyElsewhere });
    return {
      ...client,
      identity: publicKey,
      bytes: () => transport.bytes(),
      async close() {
        transport.close();
        if (options.engine === undefined) await engine.close();
        if (owned) await journal.close();
      },
    };
  } catch (error) {
    transport.close();
    throw error;
  }
}

/** Null where the trust file names no file of a beacon. */
export function beaconSource({ anchors: { beacon: chain }, beaconFile }: Trust): BeaconSource | null {
  return chain === null || beaconFile === null ? null : createDrandFile({ chain, ...beaconFile });
}

function readSeed({ identity, onWarning }: ConnectOptions): Identity {
  if (typeof identity !== 'string') return identityFromSeed(identity);
  const found = identityFromSeed(readIdentity(identity));
  const warning = keyFileWarning(identity);
  if (warning !== null) onWarning?.(warning);
  return found;
}

function journalPath({ identity }: ConnectOptions, path: string | undefined): string {
  if (path !== undefined) return path;
  if (typeof identity === 'string') return `${identity}.journal`;
  throw new BlindsumError('BAD_CONFIG', 'caller', 'journal: needed when the identity is given as a seed');
}
