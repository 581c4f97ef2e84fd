/**
 * Client credentials for TLS 1.3, pinned to the CA that is given. Those of grpc-js name the server by its IP address in
 * the handshake, which RFC 6066 forbids and Node warns about on every connection, let the environment choose roots and
 * ciphers, and report a certificate that is not trusted like a cable that is unplugged.
 */
import { isIP } from 'node:net';
import { connect, createSecureContext, type SecureContext } from 'node:tls';
import { ChannelCredentials, credentials } from '@grpc/grpc-js';
import { BlindsumError } from '../protocol/errors.js';

type CreateConnector = ChannelCredentials['_createSecureConnector'];
type Connector = ReturnType<CreateConnector>;

/** Begins the text of an error that came out of the handshake; src/rpc/status.ts looks for it. */
export const TLS_ERROR = 'TLS handshake: ';

/** PEM. A certificate of the client's own, for a coordinator that lets in nobody without. */
export interface ClientTls {
  readonly certPem: string;
  readonly keyPem: string;
}

export class Tls13ChannelCredentials extends ChannelCredentials {
  private readonly context: SecureContext;

  /**
   * @param host name or IP address that the certificate has to be for
   * @param ca PEM; without it, the CAs that Node knows
   * @throws BlindsumError BAD_CONFIG
   */
  constructor(
    private readonly host: string,
    ca: string | undefined,
    own?: ClientTls,
  ) {
    super();
    const pair = own === undefined ? {} : { cert: own.certPem, key: own.keyPem };
    try {
      createSecureContext(pair);
    } catch (cause) {
      throw new BlindsumError(
        'BAD_CONFIG',
        'caller',
        "the client's TLS certificate and key are not a pair of PEM texts",
        { cause },
      );
    }
    try {
      // OpenSSL takes a text without any certificate for an empty list.
      if (ca?.includes('-----BEGIN CERTIFICATE-----') === false) throw new Error('no certificate');
      this.context = createSecureContext({
        minVersion: 'TLSv1.3',
        ...pair,
        ...(ca === undefined ? {} : { ca }),
      });
    } catch (cause) {
      throw new BlindsumError('BAD_CONFIG', 'caller', 'the CA is not a PEM certificate', { cause });
    }
  }

  _isSecure(): boolean {
    return true;
  }

  _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  _createSecureConnector(...[, , callCredentials]: Parameters<CreateConnector>): Connector {
    return {
      connect: (socket) => this.handshake(socket),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => callCredentials ?? credentials.createEmpty(),
      destroy: () => undefined,
    };
  }

  private handshake(socket: Parameters<Connector['connect']>[0]): ReturnType<Connector['connect']> {
    return new Promise((resolve, reject) => {
      const secure = connect({
        socket,
        // What the certificate is checked against when there is no server name.
        host: this.host,
        secureContext: this.context,
        // Said, because unsaid it is what NODE_TLS_REJECT_UNAUTHORIZED says: the environment would undo the pin.
        rejectUnauthorized: true,
        ALPNProtocols: ['h2'],
        ...(isIP(this.host) === 0 ? { servername: this.host } : {}),
      });
      secure.once('secureConnect', () => resolve({ socket: secure, secure: true }));
      secure.on('error', (error: NodeJS.ErrnoException) => {
        reject(error.syscall === undefined ? new Error(`${TLS_ERROR}${error.message}`) : error);
      });
    });
  }
}
