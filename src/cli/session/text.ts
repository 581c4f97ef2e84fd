/** A session in words and as JSON. */
import { toHex } from '../../../crypto/bytes.js';
import { printable } from '../../protocol/errors.js';
import type { SessionSummary } from '../../rpc/operator-api.js';

export function describeSession(session: SessionSummary): Record<string, unknown> {
  const { electorate, u1, u2, u3, ...rest } = session;
  const hexes = (identities: readonly Uint8Array[] | null) => identities?.map(toHex) ?? null;
  const abort = session.abort === null ? null : { ...session.abort, blamed: hexes(session.abort.blamed) };
  return {
    ...rest,
    abort,
    electorate: hexes(electorate),
    u1: hexes(u1),
    u2: hexes(u2),
    u3: hexes(u3),
    spare: spareOf(session),
  };
}

const spareOf = ({ electorate, needed }: SessionSummary): number => electorate.length - needed;

export function sessionLine(session: SessionSummary): string {
  const head = `${session.sessionId}  task ${session.taskId.slice(0, 8)}  session ${session.number}  ${session.phase}${session.purgedMs > 0 ? ' (purged)' : ''}`;
  if (session.abort !== null) return printable(`${head}  ${session.abort.code}: ${session.abort.message}`);
  const counts = Object.entries(session.accepted)
    .map(([round, count]) => `${round} ${count}`)
    .join('  ');
  const numbers = `N = ${session.electorate.length}, n_C = ${session.maxColluders}, q = ${session.quorum}, spare ${spareOf(session)}`;
  return `${head}  ${numbers}  accepted: ${counts}`;
}
