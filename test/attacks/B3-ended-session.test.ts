/**
 * B3 by chance: a session ends while its participant looks up what it has answered. What it dealt is wiped by then, and
 * zeros that it signed for shares would prove to everybody that it dealt badly. So it signs nothing any more.
 */
import { afterEach, expect, test } from '@jest/globals';
import { exclusively } from '../../src/client/exclusive.js';
import type { JournalEntry } from '../../src/client/journal.js';
import { BlindsumError } from '../../src/protocol/errors.js';
import { complaining, intercept } from '../client/helpers/transports.js';
import { makeWorld, valuesOf, type World } from '../client/helpers/world.js';

let made: World;
afterEach(() => made.stop());

const gate = (): { readonly opened: Promise<void>; open(): void } => {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
};

/** What the dealer's journal latches of answers when its upload fails before or after it looked up the earlier ones. */
async function answersOf({ endsFirst }: { endsFirst: boolean }): Promise<JournalEntry[]> {
  made = await makeWorld({ count: 5, joinMs: 1500, roundMs: 1500 });
  const [asked, looked, answered] = [gate(), gate(), gate()];
  const journal = made.journal(0);
  const latched: JournalEntry[] = [];
  const held = {
    ...journal,
    async latches(session: string) {
      const latches = await journal.latches(session);
      // Only the look-up of what was answered comes while the upload is under way.
      if (!latches.some(({ message }) => message === 'r2')) return latches;
      asked.open();
      if (endsFirst) await looked.opened;
      return latches;
    },
    async append(entries: readonly JournalEntry[]) {
      await journal.append(entries);
      latched.push(...entries.filter((entry) => entry.kind === 'latch' && entry.message === 'answer'));
      if (latched.length > 0) answered.open();
    },
  };
  const transport = intercept(made.api(0), async (method, _args, call) => {
    if (method !== 'commitUpload') return await call();
    await (endsFirst ? asked.opened : answered.opened);
    throw new BlindsumError('LATE', 'self', 'the round is over');
  });
  const contribute = { task: made.taskId };
  const cancel = new AbortController();
  const dealer = made
    .client(0, { journal: held, transport })
    .contribute({ ...contribute, vectors: { counts: valuesOf(0) } });
  const rest = [1, 2, 3, 4].map((index) =>
    made
      .client(index, index === 1 ? { transport: complaining(made, index) } : {})
      .contribute({ ...contribute, vectors: { counts: valuesOf(index) }, signal: cancel.signal })
      .catch(() => undefined),
  );
  await made.open();
  await expect(dealer).rejects.toMatchObject({ code: 'LATE' });
  looked.open();
  // Behind whatever the dealer still does with its journal.
  await exclusively(held, () => Promise.resolve());
  cancel.abort();
  await Promise.all(rest);
  return latched;
}

test('B3 a complaint while the session lasts is answered with the shares', async () => {
  const [answer, ...more] = await answersOf({ endsFirst: false });
  expect(more).toEqual([]);
  expect((answer as { attachment: Uint8Array }).attachment.some((byte) => byte !== 0)).toBe(true);
});

test('B3 once the session has ended for its participant, nothing is signed, least of all zeros', async () => {
  expect(await answersOf({ endsFirst: true })).toEqual([]);
});
