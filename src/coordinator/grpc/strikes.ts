/** Callers that are refused again and again: each refusal costs a signature check, so their connection is closed. */
import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';

type Session = ServerHttp2Stream['session'];

/** @returns to be told of every call that was checked */
export function strikes(max: number): (session: Session, isGood: boolean) => void {
  const counts = new WeakMap<ServerHttp2Session, number>();
  return (session, isGood) => {
    if (session === undefined) return;
    const count = isGood ? 0 : (counts.get(session as ServerHttp2Session) ?? 0) + 1;
    counts.set(session as ServerHttp2Session, count);
    if (count < max || session.destroyed) return;
    // With the last refusal still on its way.
    setImmediate(() => session.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM));
  };
}
