/** Clients that send bytes as they are, and read or do not read as they like: what no honest client does. */
import { connect, constants } from 'node:http2';
import { Client, Metadata, type ServiceError } from '@grpc/grpc-js';
import { createTokenSource } from '../../../src/client/node/token.js';
import type { Signer } from '../../../src/protocol/signed.js';
import { CODE } from '../../../src/rpc/status.js';
import { PROTOCOL_REVISION, VERSION } from '../../../src/rpc/version.js';
import { Tls13ChannelCredentials } from '../../../src/rpc/tls-credentials.js';
import { COORDINATOR, PARTICIPANT, type World } from '../fakes.js';

const SERVICE = '/blindsum.v1.ParticipantService';
const asIs = (bytes: Buffer): Buffer => bytes;
export const bearer = async (signer: Signer): Promise<string> =>
  `Bearer ${await createTokenSource({ signer, coordinatorKey: COORDINATOR.publicKey })()}`;

export interface RawClient {
  /** @returns the refusal's code, or 'accepted' */
  call(method: string, request: Uint8Array): Promise<string>;
  /** Of the last refusal. */
  message(): string;
  close(): void;
}

/** @param instead of the metadata that an honest client sends */
export async function rawClient(
  { address, caPem }: Pick<World, 'address' | 'caPem'>,
  signer: Signer | null = PARTICIPANT,
  instead: Readonly<Record<string, readonly (string | Buffer)[]>> = {},
): Promise<RawClient> {
  const metadata = new Metadata();
  metadata.set(VERSION, String(PROTOCOL_REVISION));
  if (signer !== null) metadata.set('authorization', await bearer(signer));
  for (const [key, values] of Object.entries(instead)) {
    metadata.remove(key);
    for (const value of values) metadata.add(key, value);
  }
  let message = '';
  const client = new Client(address, new Tls13ChannelCredentials('127.0.0.1', caPem), {
    'grpc.enable_http_proxy': 0,
    'grpc.use_local_subchannel_pool': 1,
  });
  const path = (method: string): string => (method.startsWith('/') ? method : `${SERVICE}/${method}`);
  return {
    call: (method, request) =>
      new Promise((resolve) => {
        const settle = (error: ServiceError | null): void => {
          message = error?.details ?? '';
          resolve(error === null ? 'accepted' : String(error.metadata.get(CODE)[0] ?? error.code));
        };
        client.makeUnaryRequest(path(method), asIs, asIs, Buffer.from(request), metadata, settle);
      }),
    message: () => message,
    close: () => client.close(),
  };
}

export interface UnreadStream {
  /** How it ended: 'complete', the refusal's code, or 'cut off'. Long replies do not end before they are read. */
  readonly ended: Promise<string>;
  /** Once the reply has begun. */
  readonly begun: Promise<void>;
  read(): Promise<string>;
  bytes(): number;
  cancel(): void;
}

export interface StreamClient {
  stream(method: string, request: Uint8Array): UnreadStream;
  close(): void;
}

/** The client of grpc-js buffers what nobody reads; this one lets the server wait. */
export async function streamClient(
  { address, caPem }: World,
  signer: Signer = PARTICIPANT,
): Promise<StreamClient> {
  const authorization = await bearer(signer);
  const session = connect(`https://${address}`, { ca: caPem });
  return {
    stream(method, request) {
      const head = Buffer.alloc(5);
      head.writeUInt32BE(request.length, 1);
      const call = session.request({
        ':method': 'POST',
        ':path': `${SERVICE}/${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
        [VERSION]: String(PROTOCOL_REVISION),
        authorization,
      });
      call.end(Buffer.concat([head, request]));
      let bytes = 0;
      const begun = new Promise<void>((resolve) => call.once('response', () => resolve()));
      const ended = new Promise<string>((resolve) => {
        const settle = (headers: Record<string, unknown>): void => {
          const grpcStatus = headers['grpc-status'];
          if (grpcStatus !== undefined) resolve(grpcStatus === '0' ? 'complete' : String(headers[CODE]));
        };
        call.once('response', settle);
        call.once('trailers', settle);
        call.once('error', () => resolve('broken'));
        call.once('close', () =>
          resolve(call.rstCode === constants.NGHTTP2_CANCEL ? 'cut off' : `closed: ${call.rstCode}`),
        );
      });
      return {
        ended,
        begun,
        read: () => {
          call.on('data', (chunk: Buffer) => (bytes += chunk.length));
          return ended;
        },
        bytes: () => bytes,
        cancel: () => call.close(constants.NGHTTP2_CANCEL),
      };
    },
    close: () => session.destroy(),
  };
}
