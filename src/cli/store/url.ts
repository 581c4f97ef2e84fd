/** Database URLs and the password that may be in them. */
import { refuse } from '../../protocol/errors.js';

const HIDDEN = '[redacted]';

/** For people. What is no URL holds no password that anybody would find. */
export function withoutPassword(text: string): string {
  // By patterns, so that a URL which is wrong elsewhere keeps its secret, too.
  return (
    text
      .replace(/^([a-z]+:\/\/[^/?#@]*?:).*@/i, `$1${HIDDEN}@`)
      // Some servers want user@server for a name; then only a port, which is all digits, may follow a colon.
      .replace(/^([a-z]+:\/\/[^/?#:]*@[^/?#:]*:)(?!\d*([/?#]|$)).*@/i, `$1${HIDDEN}@`)
      .replace(/([?&](?:password|sslpassword)=)[^&#]*/gi, `$1${HIDDEN}`)
  );
}

export const hasPassword = (text: string): boolean => withoutPassword(text) !== text;

/** @throws BlindsumError BAD_CONFIG */
export function withPassword(url: string, password: string): string {
  const parsed = parseStoreUrl(url);
  // As a parameter: a URL without a host (a Unix socket) cannot hold one elsewhere.
  parsed.searchParams.set('password', password);
  return parsed.href;
}

/** @throws BlindsumError BAD_CONFIG that does not show it */
export function parseStoreUrl(text: string): URL {
  try {
    return new URL(text);
  } catch {
    refuse(
      'BAD_CONFIG',
      'caller',
      'store: is not a URL like postgres://user@host:5432/database (write % as %25, # as %23, @ as %40)',
    );
  }
}

/** @returns the URL without its password, and the password. @throws BlindsumError BAD_CONFIG */
export function splitPassword(text: string): { readonly url: string; readonly password: string | null } {
  const url = parseStoreUrl(text);
  const password = url.searchParams.get('password') ?? (url.password === '' ? null : decoded(url.password));
  url.searchParams.delete('password');
  url.password = '';
  return { url: url.href, password };
}

function decoded(password: string): string {
  try {
    return decodeURIComponent(password);
  } catch {
    return refuse(
      'BAD_CONFIG',
      'caller',
      'store: the password in the URL is not well written: % is %25 there',
    );
  }
}
