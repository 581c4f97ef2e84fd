/**
 * A1 through the real client and coordinator: the bytes of the input are those whose hash was opened, and an opening
 * with another input is another session, whose messages the one session that the others are in does not take.
 */
import { afterEach, expect, test } from '@jest/globals';
import { toHex, utf8 } from '../../crypto/bytes.js';
import { inputHash, openingCodec, openingHash } from '../../src/protocol/statements.js';
import type { ParticipantApi, SessionAnnouncement } from '../../src/rpc/participant-api.js';
import { lying, recording, type Sent } from '../client/helpers/transports.js';
import { makeWorld, valuesOf, type World } from '../client/helpers/world.js';
import { altered, coordinator } from '../helpers/protocol.js';

let made: World;
afterEach(() => made.stop());

const MODEL = utf8('the model');
const OTHER = utf8('the model that is made for one victim');

test('A1 the coordinator sends another model than its opening names: no work is done, nothing is sent', async () => {
  made = await makeWorld();
  const sent: Sent[] = [];
  const transport = recording(
    lying(made.api(0), 'getInput', () => OTHER),
    sent,
  );
  let works = 0;
  const victim = made.client(0, { transport }).contribute({
    task: made.taskId,
    vectors: () => {
      works += 1;
      return { counts: valuesOf(0) };
    },
  });
  await made.open(MODEL);
  await expect(victim).rejects.toMatchObject({ code: 'INPUT_MISMATCH', fault: 'peer' });
  expect(works).toBe(0);
  expect(sent).toEqual([]);
});

test('A1 one participant is shown an opening with another model: CONTEXT_MISMATCH, not a sum', async () => {
  made = await makeWorld();
  const session = await made.open(MODEL);
  const shown = new Map<string, string>();
  /** The same session to the victim, but for the model, and signed by the coordinator. */
  const anotherModel = (announcement: SessionAnnouncement): SessionAnnouncement => {
    const opening = altered(openingCodec, announcement.opening, coordinator, { input: inputHash(OTHER) });
    const sessionId = toHex(openingHash(opening));
    shown.set(sessionId, announcement.sessionId);
    return { ...announcement, sessionId, opening };
  };
  const api = made.api(0);
  const transport = new Proxy(api, {
    get(target, name: keyof ParticipantApi) {
      if (name === 'getInput') return () => Promise.resolve(OTHER);
      if (name === 'watchSessions')
        return async function* (task: string, signal: AbortSignal) {
          for await (const announcement of api.watchSessions(task, signal)) yield anotherModel(announcement);
        };
      const call = target[name].bind(target) as (id: string, ...rest: unknown[]) => unknown;
      return (id: string, ...rest: unknown[]) => call(shown.get(id) ?? id, ...rest);
    },
  });
  const inputs: string[] = [];
  const victim = made.client(0, { transport }).contribute({
    task: made.taskId,
    vectors: (input) => {
      inputs.push(toHex(input as Uint8Array));
      return { counts: valuesOf(0) };
    },
  });
  await expect(victim).rejects.toMatchObject({ code: 'CONTEXT_MISMATCH', fault: 'peer' });
  expect(inputs).toEqual([toHex(OTHER)]);
  expect((await made.coordinator.operator.getSession(session)).accepted.r0).toBe(0);
});
