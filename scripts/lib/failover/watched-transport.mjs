/**
 * A participant's connection, which sends each message a little later, some of them twice, and remembers what was
 * acknowledged and what the coordinator signed.
 */
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** Whose first attempt waits, of r0 to r4. An upload begins with its header. */
const PACED = ['advertiseKeys', 'shareKeys', 'beginUpload', 'consistency', 'unmask'];
const MESSAGES = ['advertiseKeys', 'shareKeys', 'commitUpload', 'consistency', 'unmask'];
/** One in so many acknowledged messages is sent once more. */
const REPEATED = 5;

const nameOf = ({ payload }) => createHash('sha256').update(payload).digest('hex');

/**
 * @param pace milliseconds, at most
 * @param hooks released: resolves when the message of a round, 0 to 4, may be sent; onAcked: an upload was acknowledged
 */
export function watchedTransport(transport, pace, draw, { released, onAcked }) {
  const seen = { acked: false, duplicates: 0, statements: [] };
  const attempts = new Map();
  let hasAll = false;

  const note = (kind, statement) => {
    if (statement !== null) seen.statements.push(`${kind} ${nameOf(statement)}`);
  };

  async function send(name, args) {
    const before = attempts.get(name) ?? 0;
    attempts.set(name, before + 1);
    if (PACED.includes(name) && before === 0) {
      await sleep(draw(pace));
      await released(PACED.indexOf(name));
    }
    const reply = await transport[name](...args);
    if (name === 'beginUpload') hasAll = reply.nextOffset > 0 && (attempts.get('commitUpload') ?? 0) > 0;
    if (!MESSAGES.includes(name)) return reply;
    // The coordinator had it when it was asked again.
    if (name === 'commitUpload' && hasAll && before > 0) seen.duplicates += 1;
    if (name === 'commitUpload') {
      seen.acked = true;
      onAcked();
    }
    if (draw(REPEATED) === 0) {
      await transport[name](...args).then(
        () => (seen.duplicates += 1),
        () => undefined,
      );
    }
    return reply;
  }

  const watched = {
    async getRoster(...args) {
      const reply = await transport.getRoster(...args);
      note('u1', reply.statement);
      return reply;
    },
    async getShares(...args) {
      const reply = await transport.getShares(...args);
      note('u2', reply.statement);
      return reply;
    },
    async getHeaders(...args) {
      const reply = await transport.getHeaders(...args);
      note('u3', reply.statement);
      return reply;
    },
    async getOutcome(...args) {
      const reply = await transport.getOutcome(...args);
      // A session has one end.
      note('end', reply.result);
      note('end', reply.abort);
      return reply;
    },
  };
  for (const name of [...PACED, 'commitUpload']) watched[name] = (...args) => send(name, args);
  return { seen, transport: { ...transport, ...watched } };
}
