/** A client that sends bytes as they are, for requests that no honest client can make. */
import { Client, type ClientReadableStream, Metadata, type ServiceError } from '@grpc/grpc-js';
import { createTokenSource } from '../../../src/client/node/token.js';
import { CODE } from '../../../src/rpc/status.js';
import { Tls13ChannelCredentials } from '../../../src/rpc/tls-credentials.js';
import type { Signer } from '../../../src/protocol/signed.js';
import { COORDINATOR, PARTICIPANT, type World } from '../fakes.js';

const SERVICE = '/blindsum.v1.ParticipantService';
const asIs = (bytes: Buffer): Buffer => bytes;

export interface RawClient {
  /** @returns the refusal's code, or 'accepted' */
  call(method: string, request: Uint8Array): Promise<string>;
  stream(method: string, request: Uint8Array): ClientReadableStream<Buffer>;
  close(): void;
}

export async function rawClient(
  { address, caPem }: World,
  signer: Signer | null = PARTICIPANT,
): Promise<RawClient> {
  const metadata = new Metadata();
  if (signer !== null) {
    const token = await createTokenSource({ signer, coordinatorKey: COORDINATOR.publicKey })();
    metadata.set('authorization', `Bearer ${token}`);
  }
  const client = new Client(address, new Tls13ChannelCredentials('127.0.0.1', caPem), {
    'grpc.enable_http_proxy': 0,
    'grpc.use_local_subchannel_pool': 1,
  });
  const path = (method: string): string => (method.startsWith('/') ? method : `${SERVICE}/${method}`);
  return {
    call: (method, request) =>
      new Promise((resolve) => {
        const settle = (error: ServiceError | null): void => resolve(codeOf(error));
        client.makeUnaryRequest(path(method), asIs, asIs, Buffer.from(request), metadata, settle);
      }),
    stream: (method, request) =>
      client.makeServerStreamRequest(path(method), asIs, asIs, Buffer.from(request), metadata),
    close: () => client.close(),
  };
}

/** Ours if there is one, else the number of gRPC. */
export function codeOf(error: ServiceError | null): string {
  if (error === null) return 'accepted';
  return String(error.metadata?.get(CODE)[0] ?? error.code);
}
