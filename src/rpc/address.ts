/** Addresses of a coordinator, as people write them: 'https://host:port', 'host:port', '[::1]:port'. */
import { BlindsumError } from '../protocol/errors.js';

export interface Address {
  /** Without brackets. */
  readonly host: string;
  readonly port: number;
  /** For messages and for gRPC: 'host:port', IPv6 in brackets. */
  readonly text: string;
  readonly plaintext: boolean;
}

const FORM = /^(?:(https?):\/\/)?(?:\[([0-9a-fA-F:.]+)\]|([^\s/:[\]@?#]+))(?::(\d{1,5}))?\/?$/;

/** @throws BlindsumError BAD_CONFIG. Port 0 (any free one) is for listening. */
export function parseAddress(text: string): Address {
  const match = FORM.exec(text.trim());
  const scheme = match?.[1];
  const host = match?.[2] ?? match?.[3];
  const port = Number(match?.[4] ?? (scheme === 'https' ? 443 : NaN));
  if (host === undefined || !(port <= 65535)) {
    throw new BlindsumError(
      'BAD_CONFIG',
      'caller',
      `'${text}' is not an address: expected host:port or https://host:port`,
    );
  }
  return {
    host,
    port,
    text: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    plaintext: scheme === 'http',
  };
}

/** This machine only: the one place where plaintext may travel. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
