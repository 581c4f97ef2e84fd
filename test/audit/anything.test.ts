/** Whatever an archive, its receipts and its escrow say: the audit comes to a verdict, and never throws. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeSigned } from '../../src/protocol/attachments.js';
import { advertiseKeysCodec, shareKeysCodec, unmaskCodec } from '../../src/protocol/messages.js';
import { type Signed } from '../../src/protocol/signed.js';
import { setCodec } from '../../src/protocol/statements.js';
import { altered, at, coordinator, type Party, participants, replaced } from '../helpers/protocol.js';
import { ckksTask, floats } from '../protocol/ckks/task.js';
import {
  type Archive,
  archived,
  archiveOf,
  audit,
  engine,
  escrowOf,
  forged,
  idOf,
} from './helpers/archive.js';
import { kindOf } from './helpers/edits.js';
import { type Played, playSession, type PlayOptions } from './helpers/played.js';

const parties = participants(4);
const play = (options: PlayOptions): Required<Played> =>
  playSession(parties, { drops: [5, 5, 5, 2], ...options }) as Required<Played>;
const sessions = [play({}), play({ task: ckksTask(4), input: floats })];

/** Everything that an auditor can have of it; the receipts are leaves that somebody says are missing. */
const withAll = (played: Required<Played>, session = archived(played), items = escrowOf(played)): Archive =>
  archiveOf([session], {
    escrow: new Map([[idOf(played.leaves), items]]),
    receipts: session.leaves.map((bytes, index) => ({
      place: String(index),
      session: idOf(played.leaves),
      name: `${kindOf(decodeSigned(at(played.leaves, Math.min(index, played.leaves.length - 1)))) ?? 'r0'}.signed`,
      bytes,
    })),
  });

const flip = (bytes: Uint8Array, position: number, mask: number): Uint8Array => {
  const copy = bytes.slice();
  const index = position % Math.max(bytes.length, 1);
  copy[index] = (copy[index] ?? 0) ^ mask;
  return copy;
};

test('any byte of any leaf', async () => {
  const place = fc.tuple(fc.nat(1), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(place, async ([which, leaf, byte, mask]) => {
      const played = at(sessions, which);
      const index = leaf % played.leaves.length;
      const leaves = replaced(played.leaves, index, flip(at(played.leaves, index), byte, mask));
      const honest = archived(played);
      const verdict = await audit({ ...archiveOf([honest]), sessions: [{ ...honest, leaves }] }, { engine });
      expect(verdict.holds).toBe(false);
    }),
    { numRuns: 150 },
  );
});

test('any byte of any item of an escrow', async () => {
  const place = fc.tuple(fc.nat(1), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 255 }));
  await fc.assert(
    fc.asyncProperty(place, async ([which, item, byte, mask]) => {
      const played = at(sessions, which);
      const items = escrowOf(played);
      const index = item % items.length;
      const changed = replaced(items, index, flip(at(items, index), byte, mask));
      const escrow = new Map([[idOf(played.leaves), changed]]);
      const verdict = await audit(archiveOf([archived(played)], { escrow }), { engine });
      expect(verdict.holds).toBe(false);
    }),
    { numRuns: 60 },
  );
});

/** What a coordinator and those it has bought could sign instead. */
const changes: ((signed: Signed, by: Party | undefined) => Signed)[] = [
  (signed) => altered(setCodec, signed, coordinator, { parameters: { q: 0, t: 0 } }),
  (signed) => altered(setCodec, signed, coordinator, { parameters: { q: 9, t: 99 } }),
  (signed) => altered(setCodec, signed, coordinator, { members: new Uint8Array(1) }),
  (signed) => altered(setCodec, signed, coordinator, { members: Uint8Array.of(15) }),
  (signed, by) => altered(advertiseKeysCodec, signed, by ?? coordinator, { maskKey: new Uint8Array(32) }),
  (signed, by) => altered(shareKeysCodec, signed, by ?? coordinator, { commitment: new Uint8Array(3) }),
  (signed, by) => altered(unmaskCodec, signed, by ?? coordinator, { kinds: Uint8Array.of(2, 2, 2, 2) }),
];

/** As the change makes of it; as it is where the change is for another kind of record. */
function changed(signed: Signed, by: Party | undefined, change: number): Signed {
  try {
    return at(changes, change)(signed, by);
  } catch {
    return signed;
  }
}

test('records left out, doubled, moved and signed anew, by a coordinator that signs for all of it', async () => {
  const edit = fc.record({
    at: fc.nat(),
    what: fc.constantFrom('drop', 'double', 'move', 'change'),
    change: fc.nat(changes.length - 1),
  });
  await fc.assert(
    fc.asyncProperty(fc.nat(1), fc.array(edit, { minLength: 1, maxLength: 6 }), async (which, edits) => {
      const played = at(sessions, which);
      const session = forged(played, (records) => {
        for (const { at: where, what, change } of edits) {
          const index = where % Math.max(records.length, 1);
          const [signed] = records.splice(index, 1);
          if (signed === undefined || what === 'drop') continue;
          const by = parties.find(({ identity }) => isBy(signed, identity));
          const put = what === 'change' ? changed(signed, by, change) : signed;
          records.splice(what === 'move' ? where % 7 : index, 0, put, ...(what === 'double' ? [signed] : []));
        }
        return records;
      });
      if (session.leaves.length < 2 || kindOf(decodeSigned(at(session.leaves, 1))) !== 'opening') return;
      if (kindOf(decodeSigned(at(session.leaves, 0))) !== 'task') return;
      const verdict = await audit(withAll(played, session), { engine });
      expect(verdict.sessions).toHaveLength(1);
    }),
    { numRuns: 200 },
  );
});

function isBy({ payload }: Signed, identity: Uint8Array): boolean {
  return Buffer.from(payload).includes(Buffer.from(identity));
}
