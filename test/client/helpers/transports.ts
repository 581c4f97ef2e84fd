/** Transports that lose calls, record what was sent, or lie. Each wraps another one; only unary calls are touched. */
import { sha256 } from '../../../crypto/hash.js';
import { BlindsumError } from '../../../src/protocol/errors.js';
import { maskedInputCodec } from '../../../src/protocol/messages.js';
import { type Signed, signBody } from '../../../src/protocol/signed.js';
import type { ParticipantApi } from '../../../src/rpc/participant-api.js';
import type { Party } from '../../helpers/protocol.js';
import type { World } from './world.js';

export type Method = Exclude<keyof ParticipantApi, 'watchSessions' | 'watchSession'>;
type Call = (...args: unknown[]) => Promise<unknown>;

/** @param around gets the method's name, its arguments and what makes the call */
export function intercept(
  api: ParticipantApi,
  around: (method: Method, args: unknown[], call: () => Promise<unknown>) => Promise<unknown>,
): ParticipantApi {
  return new Proxy(api, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      if (typeof value !== 'function') return value;
      const call = (value as Call).bind(target);
      if (name === 'watchSessions' || name === 'watchSession') return call;
      return (...args: unknown[]) => around(name as Method, args, () => call(...args));
    },
  });
}

const lost = (): BlindsumError => new BlindsumError('UNREACHABLE', 'environment', 'the network is away');

/** Every call fails once before it is delivered, then once after, then works. */
export function unreliable(api: ParticipantApi): ParticipantApi {
  const counts = new Map<string, number>();
  return intercept(api, async (method, _args, call) => {
    const count = (counts.get(method) ?? 0) + 1;
    counts.set(method, count);
    if (count % 3 === 1) throw lost();
    const reply = await call();
    if (count % 3 === 2) throw lost();
    return reply;
  });
}

export interface Sent {
  readonly method: Method;
  readonly bytes: string;
}

const SENDING = new Set<string>([
  'advertiseKeys',
  'shareKeys',
  'beginUpload',
  'putChunk',
  'commitUpload',
  'answerComplaint',
  'consistency',
  'unmask',
]);

/** Notes every byte that leaves, before it does. */
export function recording(api: ParticipantApi, sent: Sent[]): ParticipantApi {
  return intercept(api, (method, args, call) => {
    if (SENDING.has(method)) sent.push({ method, bytes: bytesOf(args) });
    return call();
  });
}

/** Bytes as hex; signals left out. */
export const bytesOf = (args: unknown): string =>
  JSON.stringify(args, (_key, value: unknown) =>
    value instanceof Uint8Array
      ? Buffer.from(value).toString('hex')
      : value instanceof AbortSignal
        ? undefined
        : value,
  );

/** Replaces replies of one method. */
export function lying<M extends Method>(
  api: ParticipantApi,
  lied: M,
  lie: (reply: Awaited<ReturnType<ParticipantApi[M]>>) => unknown,
): ParticipantApi {
  return intercept(api, async (method, _args, call) => {
    const reply = await call();
    return method === lied ? lie(reply as Awaited<ReturnType<ParticipantApi[M]>>) : reply;
  });
}

/** Says in its header that the packet from participant 0 cannot be used. */
export const complaining = (made: World, index: number): ParticipantApi => {
  const api = made.api(index);
  return intercept(api, async (method, args, call) => {
    if (method !== 'beginUpload') return await call();
    const [session, { payload }] = args as [string, Signed];
    const { deliveries } = await api.getShares(session);
    const packet = deliveries.find(({ position }) => position === 0);
    const ciphertext = sha256(packet?.ciphertext as Uint8Array);
    const complaints = [{ dealer: (made.parties[0] as Party).identity, ciphertext }];
    const body = { ...maskedInputCodec.decode(payload), complaints };
    return await api[method](
      session,
      signBody(maskedInputCodec, body, (made.parties[index] as Party).signer),
    );
  });
};
