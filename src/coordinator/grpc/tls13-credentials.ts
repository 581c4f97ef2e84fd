/**
 * Server credentials for TLS 1.3 and nothing older. `ServerCredentials.createSsl` has no minimum version, and takes
 * cipher suites from the environment; grpc-js passes the options of a subclass on to node:http2 as they are.
 */
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import { ServerCredentials } from '@grpc/grpc-js';
import { BlindsumError } from '../../protocol/errors.js';
import type { ServerLimits } from './server-limits.js';

type TlsLimits = Pick<ServerLimits, 'handshakeMs' | 'maxStreams' | 'maxMetadataBytes'>;

/** PEM. */
export interface TlsPair {
  readonly certPem: string;
  readonly keyPem: string;
  /** Only clients with a certificate from here are let in. Whether there is one stays as it was at the start. */
  readonly clientCaPem?: string;
}

export class Tls13ServerCredentials extends ServerCredentials {
  /** @throws BlindsumError BAD_CONFIG when certificate and key are not PEM or do not belong together */
  constructor(pair: TlsPair, limits: TlsLimits) {
    const { handshakeMs, maxStreams, maxMetadataBytes } = limits;
    // More than is taken from a caller: what is only a little too much gets an answer with the reason.
    const settings = { maxConcurrentStreams: maxStreams, maxHeaderListSize: 2 * maxMetadataBytes };
    super(
      {
        minVersion: 'TLSv1.3',
        requestCert: pair.clientCaPem !== undefined,
        rejectUnauthorized: true,
        handshakeTimeout: handshakeMs,
        settings,
      },
      checkedContext(pair),
    );
  }

  /** For handshakes from now on. @throws BlindsumError BAD_CONFIG; then what was there stays */
  replace(pair: TlsPair): void {
    this.updateSecureContextOptions(checkedContext(pair));
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other;
  }
}

function checkedContext({ certPem, keyPem, clientCaPem }: TlsPair): SecureContextOptions {
  const refuse = (message: string, cause?: unknown): never => {
    throw new BlindsumError('BAD_CONFIG', 'caller', message, { cause });
  };
  // OpenSSL takes a text without any certificate for an empty list, which would let in nobody.
  if (clientCaPem?.includes('-----BEGIN CERTIFICATE-----') === false)
    refuse('the CA of client certificates is not a PEM certificate');
  const context: SecureContextOptions = {
    cert: certPem,
    key: keyPem,
    minVersion: 'TLSv1.3',
    ...(clientCaPem === undefined ? {} : { ca: clientCaPem }),
  };
  try {
    // Node takes an empty text for none at all.
    if (certPem === '' || keyPem === '') throw new Error('empty');
    createSecureContext(context);
  } catch (cause) {
    refuse('the TLS certificate and key are not a pair of PEM texts', cause);
  }
  return context;
}
