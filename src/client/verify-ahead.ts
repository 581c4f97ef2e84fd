/**
 * Signatures of everybody at once, as rosters, headers and votes carry them: checked off the event loop before the protocol,
 * which is synchronous, asks for them.
 *
 * Security: what was found out counts for exactly those bytes, signature and key, and only for the step it was found out
 * for. Whatever the protocol asks besides is checked when it asks.
 */
import { equalBytes } from '../../crypto/bytes.js';
import type { Deps } from '../protocol/client/state.js';
import type { Codec } from '../protocol/codec.js';
import type { Signed, Verify } from '../protocol/signed.js';
import type { Env, Run } from './run.js';

export interface SignedBy {
  readonly publicKey: Uint8Array;
  readonly signed: Signed;
}

/** Fewer block nobody for long. */
const FEW = 32;
/** On their way to the threads at a time: preparing them takes about a millisecond. */
const AT_ONCE = 64;

/** @throws signal.reason */
export async function verifyAhead(
  { deps: { verify }, verifyElsewhere: elsewhere }: Pick<Env, 'deps' | 'verifyElsewhere'>,
  claimed: () => readonly SignedBy[],
  signal: AbortSignal,
): Promise<Verify> {
  const claims = elsewhere === null ? [] : claimed();
  if (elsewhere === null || claims.length < FEW) return verify;
  const known = new Map<Uint8Array, SignedBy & { readonly valid: boolean }>();
  for (let from = 0; from < claims.length; from += AT_ONCE) {
    signal.throwIfAborted();
    const checked = claims.slice(from, from + AT_ONCE).map(async ({ publicKey, signed }) => {
      const valid = await elsewhere(publicKey, signed.payload, signed.signature);
      known.set(signed.payload, { publicKey, signed, valid });
    });
    await Promise.all(checked);
  }
  return (publicKey, message, signature) => {
    const found = known.get(message);
    return found !== undefined &&
      found.signed.signature === signature &&
      equalBytes(found.publicKey, publicKey)
      ? found.valid
      : verify(publicKey, message, signature);
  };
}

/** What a step of the protocol needs, with these checked already. @param claimed asked only where they can be checked elsewhere */
export async function depsWith({ env, signal }: Run, claimed: () => readonly SignedBy[]): Promise<Deps> {
  return { ...env.deps, verify: await verifyAhead(env, claimed, signal) };
}

/** Messages that name their sender. What cannot be decoded the protocol refuses, and nothing is claimed of it here. */
export function claimsBySender(
  codec: Codec<{ readonly sender: Uint8Array }>,
  messages: readonly Signed[],
): SignedBy[] {
  return messages.flatMap((signed) => {
    try {
      return [{ publicKey: codec.decode(signed.payload).sender, signed }];
    } catch {
      return [];
    }
  });
}
