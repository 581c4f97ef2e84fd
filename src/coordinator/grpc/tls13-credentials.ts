/**
 * Server credentials for TLS 1.3 and nothing older. `ServerCredentials.createSsl` has no minimum version, and takes
 * cipher suites from the environment; grpc-js passes the options of a subclass on to node:http2 as they are.
 */
import { createSecureContext } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { BlindsumError } from '../../protocol/errors.js';
import type { ServerLimits } from './server-limits.js';

type TlsLimits = Pick<ServerLimits, 'handshakeMs' | 'maxStreams' | 'maxMetadataBytes'>;

export class Tls13ServerCredentials extends ServerCredentials {
  /** @throws BlindsumError BAD_CONFIG when certificate and key are not PEM or do not belong together */
  constructor(certPem: string, keyPem: string, limits: TlsLimits) {
    const context = { cert: certPem, key: keyPem, minVersion: 'TLSv1.3' } as const;
    try {
      createSecureContext(context);
    } catch (cause) {
      throw new BlindsumError(
        'BAD_CONFIG',
        'caller',
        'the TLS certificate and key are not a pair of PEM texts',
        { cause },
      );
    }
    const { handshakeMs, maxStreams, maxMetadataBytes } = limits;
    // More than is taken from a caller: what is only a little too much gets an answer with the reason.
    const settings = { maxConcurrentStreams: maxStreams, maxHeaderListSize: 2 * maxMetadataBytes };
    super(
      {
        minVersion: 'TLSv1.3',
        requestCert: false,
        handshakeTimeout: handshakeMs,
        settings,
      },
      context,
    );
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}
