/**
 * Who is calling. Decided from the metadata alone, before the first byte of a request is read: without a token nobody
 * makes the coordinator buffer anything.
 */
import type { Metadata } from '@grpc/grpc-js';
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { decodeSigned } from '../../protocol/attachments.js';
import { BlindsumError } from '../../protocol/errors.js';
import type { Signed } from '../../protocol/signed.js';
import { OPERATOR_SERVICE, PARTICIPANT_SERVICE, WITNESS_SERVICE } from '../../rpc/protos.js';
import { AUTHORIZATION, CERTIFICATE, COORDINATOR, TOKEN_SKEW_SECONDS } from '../../rpc/token.js';
import type { Caller } from '../caller.js';
import { hashOperatorToken, type OperatorToken } from './operator-tokens.js';
import { mayCall } from './roles.js';
import type { RememberedTokens } from './remembered-tokens.js';

export interface GrpcAuth {
  /** Ed25519 public key of this coordinator: the audience of tokens. */
  readonly coordinatorKey: Uint8Array;
  /** The tokens that are accepted at this moment: asked for at every call. */
  readonly operatorTokens: () => readonly OperatorToken[];
  /** Refuses a caller, or its certificate, by throwing a BlindsumError. */
  readonly authorize?: (caller: Caller) => void | Promise<void>;
  /** Default: nobody is. */
  readonly isWitness?: (key: Uint8Array) => boolean;
  /** Told of who calls what its role may not, before it is refused: for the record. */
  readonly onForbidden?: (name: string, method: string) => void | Promise<void>;
  /** Of the machine. Default: its wall clock. */
  readonly nowMs?: () => number;
  /** The same as it was when the process started, and the time that has passed since. Default: none. */
  readonly passedMs?: () => number;
}

export type Principal =
  | { readonly kind: 'participant'; readonly caller: Caller }
  | { readonly kind: 'operator'; readonly name: string }
  | { readonly kind: 'witness'; readonly key: Uint8Array }
  | { readonly kind: 'anyone' };

const OPEN_TO_ANYONE = ['grpc.health.v1.Health', 'grpc.reflection.v1.', 'grpc.reflection.v1alpha.'];

const serviceOf = (path: string): string => path.slice(1, path.lastIndexOf('/'));
const methodOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** @param path '/grpc.health.v1.Health/Check' */
export const isOpenToAnyone = (path: string): boolean =>
  OPEN_TO_ANYONE.some((prefix) => serviceOf(path).startsWith(prefix));

/**
 * @param path '/blindsum.v1.ParticipantService/GetTask'
 * @param tokens those of participants and witnesses that were checked before
 * @param admit called once the caller's identity is proven, before anything that costs more; refuses by throwing
 * @throws BlindsumError UNAUTHENTICATED, WRONG_COORDINATOR, FORBIDDEN, or what `admit` and `authorize` throw
 */
export async function authenticate(
  auth: GrpcAuth,
  path: string,
  metadata: Metadata,
  tokens: RememberedTokens,
  admit: (caller: Pick<Caller, 'identity'>) => void,
): Promise<Principal> {
  const service = serviceOf(path);
  switch (service) {
    case PARTICIPANT_SERVICE: {
      const identity = await identify(auth, tokens, bearer(metadata));
      admit({ identity });
      const caller = { identity, certificate: certificateOf(metadata) };
      await auth.authorize?.(caller);
      return { kind: 'participant', caller };
    }
    case OPERATOR_SERVICE:
      checkMeant(auth, metadata);
      return { kind: 'operator', name: await operatorOf(auth, methodOf(path), bearer(metadata)) };
    case WITNESS_SERVICE: {
      const key = await identify(auth, tokens, bearer(metadata));
      admit({ identity: key });
      if (auth.isWitness?.(key) === true) return { kind: 'witness', key };
      throw new BlindsumError('FORBIDDEN', 'peer', 'no witness with this key is configured here');
    }
    default:
      if (isOpenToAnyone(path)) return { kind: 'anyone' };
      throw new BlindsumError('FORBIDDEN', 'peer', `no access to ${service}`);
  }
}

/**
 * A clock that was set while this process runs was wrong before or is wrong now, and nobody here knows which: a token that
 * is good by either time is good, so that neither a fault nor its repair locks the participants out.
 */
async function identify(auth: GrpcAuth, tokens: RememberedTokens, token: string): Promise<Uint8Array> {
  const { coordinatorKey, nowMs = Date.now, passedMs = nowMs } = auth;
  const [wallMs, evenMs] = [nowMs(), passedMs()];
  try {
    return (await tokens.verify(token, { coordinatorKey, nowMs: wallMs })).identity;
  } catch (error) {
    if (Math.abs(wallMs - evenMs) < TOKEN_SKEW_SECONDS * 1000) throw error;
    return (await tokens.verify(token, { coordinatorKey, nowMs: evenMs })).identity;
  }
}

function bearer(metadata: Metadata): string {
  const values = metadata.get(AUTHORIZATION);
  const match = values.length === 1 ? /^Bearer ([^\s,]+)$/i.exec(String(values[0])) : null;
  if (match === null) throw new BlindsumError('UNAUTHENTICATED', 'peer', 'no bearer token was sent');
  return match[1] as string;
}

/** An operator who means another coordinator is told so before its token is looked at, and nothing is done. */
function checkMeant({ coordinatorKey }: GrpcAuth, metadata: Metadata): void {
  const own = toHex(coordinatorKey);
  if (metadata.get(COORDINATOR).every((meant) => meant === own)) return;
  throw new BlindsumError(
    'WRONG_COORDINATOR',
    'peer',
    'the operator expects a coordinator with another key: check `coordinator` in the trust file, and the address',
  );
}

/** Hashes are compared, and all of them, so that the time tells nothing about any token. @returns the holder's name */
async function operatorOf(auth: GrpcAuth, method: string, token: string): Promise<string> {
  const hash = hashOperatorToken(token);
  const [accepted] = auth.operatorTokens().filter((known) => equalBytes(known.hash, hash));
  if (accepted === undefined)
    throw new BlindsumError('UNAUTHENTICATED', 'peer', 'the operator token is not the right one');
  const { name, role } = accepted;
  if (mayCall(role, method)) return name;
  await auth.onForbidden?.(name, method);
  const advice =
    role === 'auditor'
      ? 'the token of an auditor only reads: use one of an operator'
      : 'this is for auditors: it takes a token made with --role auditor';
  throw new BlindsumError('FORBIDDEN', 'peer', advice);
}

function certificateOf(metadata: Metadata): Signed | null {
  const values = metadata.get(CERTIFICATE);
  if (values.length === 0) return null;
  try {
    if (values.length === 1) return decodeSigned(new Uint8Array(values[0] as Buffer));
  } catch {
    // falls through to the one refusal
  }
  throw new BlindsumError('MALFORMED', 'peer', `${CERTIFICATE} is not CBOR [payload, signature]`);
}
