/**
 * Keeps what the coordinator receives as masked inputs, to be shown beside the true values at the end. A real
 * coordinator sees the same bytes; this one only remembers them a little longer.
 */
import { concatBytes, toHex } from '../../../crypto/bytes.js';
import type { ParticipantApi } from '../../rpc/participant-api.js';

export type OnUpload = (upload: { session: string; sender: Uint8Array; bytes: Uint8Array }) => void;

/** @returns what wraps the interface of one participant */
export function recordUploads(
  onUpload: OnUpload,
): (api: ParticipantApi, sender: Uint8Array) => ParticipantApi {
  const chunks = new Map<string, Uint8Array[]>();
  return (api, sender) => {
    const key = (session: string): string => `${session}/${toHex(sender)}`;
    const recorded: Partial<ParticipantApi> = {
      async putChunk(session, offset, chunk, signal) {
        const reply = await api.putChunk(session, offset, chunk, signal);
        const before = offset === 0 ? [] : (chunks.get(key(session)) ?? []);
        chunks.set(key(session), [...before, Uint8Array.from(chunk)]);
        return reply;
      },
      async commitUpload(session, signal) {
        await api.commitUpload(session, signal);
        onUpload({ session, sender, bytes: concatBytes(...(chunks.get(key(session)) ?? [])) });
        chunks.delete(key(session));
      },
    };
    return new Proxy(api, {
      get(target, name) {
        const method: unknown = Reflect.get(recorded, name) ?? Reflect.get(target, name, target);
        return typeof method === 'function' ? (method.bind(target) as unknown) : method;
      },
    });
  };
}
