/** A client that sends its requests piece by piece, as slowly as it likes, and with whatever headers. */
import { type ClientHttp2Session, connect } from 'node:http2';
import type { Signer } from '../../../src/protocol/signed.js';
import { CODE } from '../../../src/rpc/status.js';
import { PROTOCOL_REVISION, VERSION } from '../../../src/rpc/version.js';
import { PARTICIPANT, type World } from '../fakes.js';
import { bearer } from './raw-client.js';

export interface SlowCall {
  send(piece: Uint8Array): void;
  /** The request is whole. */
  end(): void;
  cancel(): void;
  /** Once there is an answer, or the begin of one. */
  readonly begun: Promise<Readonly<Record<string, unknown>>>;
  /** The refusal's code, 'accepted', or 'reset' when there was no answer. */
  readonly ended: Promise<string>;
  /** Nothing of the call is left. */
  readonly closed: Promise<void>;
}

export interface SlowClient {
  readonly session: ClientHttp2Session;
  readonly closed: Promise<unknown>;
  /** @param method a whole path, or a method of the participants' service */
  call(method: string, headers?: Readonly<Record<string, string>>): SlowCall;
  close(): void;
}

/** @param signer null: without a token */
export async function slowClient(
  { address, caPem }: World,
  signer: Signer | null = PARTICIPANT,
): Promise<SlowClient> {
  const login = signer === null ? {} : { authorization: await bearer(signer) };
  const session = connect(`https://${address}`, { ca: caPem, maxSessionMemory: 100 });
  session.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => session.once('close', resolve));
  const connected = new Promise<void>((resolve) => session.once('connect', () => resolve()));
  await Promise.race([connected, closed]);
  return {
    session,
    closed,
    call(method, headers = {}) {
      const stream = session.request({
        ':method': 'POST',
        ':path': method.startsWith('/') ? method : `/blindsum.v1.ParticipantService/${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...login,
        [VERSION]: String(PROTOCOL_REVISION),
        ...headers,
      });
      stream.on('data', () => undefined);
      const ended = new Promise<string>((resolve) => {
        const settle = (reply: Record<string, unknown>): void => {
          if (reply['grpc-status'] === undefined) return;
          resolve(reply['grpc-status'] === '0' ? 'accepted' : String(reply[CODE]));
        };
        stream.once('response', settle);
        stream.once('trailers', settle);
        stream.once('error', () => undefined);
        stream.once('close', () => resolve('reset'));
      });
      return {
        send: (piece) => void stream.write(piece),
        end: () => void stream.end(),
        cancel: () => stream.close(8),
        begun: new Promise((resolve) => stream.once('response', resolve)),
        ended,
        closed: new Promise((resolve) => stream.once('close', () => resolve())),
      };
    },
    close: () => session.destroy(),
  };
}

/** A message as gRPC frames it. */
export function framed(message: Uint8Array): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** `SessionRequest`: the field session_id. */
export const SESSION_REQUEST = framed(Buffer.from(`\x0a\x40${'ab'.repeat(32)}`));
