/** A participant's connection to the coordinator of a benchmark. */
import { createGrpcTransport, type GrpcTransport } from '../../../client/node/grpc-transport.js';
import { createTokenSource } from '../../../client/node/token.js';
import type { Signer } from '../../../protocol/signed.js';
import { TIMEOUT_MS } from './timeout.js';

export interface Whom {
  readonly address: string;
  readonly ca: string;
  readonly coordinatorKey: Uint8Array;
}

export function connectAs(signer: Signer, { address, ca, coordinatorKey }: Whom): GrpcTransport {
  const token = createTokenSource({ signer, coordinatorKey });
  return createGrpcTransport({ coordinator: address, ca, certificate: null, token, timeoutMs: TIMEOUT_MS });
}
