/** Who is it that listens on a port of this machine? Nothing secret is sent, and what answers is not trusted with anything. */
import { connect } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { toHex } from '../../../crypto/bytes.js';
import { OPERATOR_SERVICE } from '../../rpc/protos.js';
import { CODE } from '../../rpc/status.js';
import { AUTHORIZATION, COORDINATOR } from '../../rpc/token.js';
import { PROTOCOL_REVISION, VERSION } from '../../rpc/version.js';

const ANSWER_MS = 5000;

export interface Answer {
  /** Of the certificate that is shown, trusted or not; null: none is. */
  readonly fingerprint256: string | null;
  /** With which an operator's call is refused that means the coordinator with the key and has no token; null: none. */
  readonly code: string | null;
}

/** @param address host:port @param coordinatorKey Ed25519 public key */
export function askCoordinator(address: string, coordinatorKey: Uint8Array): Promise<Answer> {
  return new Promise((resolve) => {
    let fingerprint256: string | null = null;
    const session = connect(`https://${address}`, { rejectUnauthorized: false });
    const end = (code: string | null = null): void => {
      session.destroy();
      resolve({ fingerprint256, code });
    };
    const answered = (headers: Readonly<Record<string, unknown>>): void => {
      const code = headers[CODE];
      if (typeof code === 'string') end(code);
    };
    session.setTimeout(ANSWER_MS, () => end());
    session.once('error', () => end());
    session.once('close', () => end());
    session.once('connect', (_, socket) => {
      fingerprint256 = (socket as TLSSocket).getPeerCertificate().fingerprint256 ?? null;
      const call = session.request({
        ':method': 'POST',
        ':path': `/${OPERATOR_SERVICE}/ListActions`,
        'content-type': 'application/grpc',
        te: 'trailers',
        [AUTHORIZATION]: 'Bearer none',
        [VERSION]: String(PROTOCOL_REVISION),
        [COORDINATOR]: toHex(coordinatorKey),
      });
      call.once('response', answered);
      call.once('trailers', answered);
      call.once('error', () => end());
      call.once('close', () => end());
      call.resume();
      call.end();
    });
  });
}

/** Whether the page of metrics there is that of a coordinator. @param address host:port */
export async function askMetrics(address: string): Promise<boolean> {
  try {
    const reply = await fetch(`http://${address}/metrics`, { signal: AbortSignal.timeout(ANSWER_MS) });
    return (await reply.text()).includes('blindsum_build_info');
  } catch {
    return false;
  }
}
