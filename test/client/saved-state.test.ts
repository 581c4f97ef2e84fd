// What `resume` saves: after each round nothing that the round has wiped.
import { expect, test } from '@jest/globals';
import { toHex } from '../../crypto/bytes.js';
import type { Journal } from '../../src/client/journal.js';
import { decodeSaved } from '../../src/client/saved-state.js';
import type { ClientState } from '../../src/protocol/client/state.js';
import { makeWorld, valuesOf } from './helpers/world.js';

/** Secrets that are not needed any more once the state after this one is reached. */
function doneWith(state: ClientState): Uint8Array[] {
  switch (state.kind) {
    case 'keysAdvertised':
      return [state.shareSeed, state.maskSeed];
    case 'keysShared':
      return [state.suiteSeed, ...state.agreed.values(), ...state.incoming.map(({ key }) => key)];
    case 'inputMasked':
      return [...state.dealt.values()].flatMap(({ shares }) => [...shares]);
    case 'consistencySigned':
      return [...state.held.shares.values(), state.held.ownShares].flatMap((shares) =>
        (shares ?? []).filter((share) => share !== null),
      );
    default:
      return [];
  }
}

test('the saved state has no secret that an earlier round has done with', async () => {
  const made = await makeWorld();
  const inner = made.journal(0);
  const saved: { readonly state: ClientState; readonly bytes: string }[] = [];
  const journal: Journal = {
    ...inner,
    async append(entries) {
      await inner.append(entries);
      for (const entry of entries) {
        if (entry.kind !== 'secret') continue;
        const bytes = (await inner.secret(entry.session)) as Uint8Array;
        saved.push({ state: decodeSaved(bytes, made.trust.anchors).state, bytes: toHex(bytes) });
      }
    },
  };
  const all = made.parties.map((_, index) =>
    made
      .client(index, index === 0 ? { journal } : {})
      .contribute({ task: made.taskId, vectors: { counts: valuesOf(index) }, resume: true }),
  );
  const id = await made.open();
  await Promise.all(all);
  const kinds = ['keysAdvertised', 'keysShared', 'inputMasked', 'consistencySigned', 'unmasked'];
  expect(saved.map(({ state }) => state.kind)).toEqual(kinds);
  saved.forEach(({ state, bytes }, at) => {
    const secrets = doneWith(state).map(toHex);
    if (state.kind !== 'unmasked') expect(secrets.length).toBeGreaterThan(1);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThanOrEqual(64);
      expect(bytes).toContain(secret);
      for (const later of saved.slice(at + 1))
        expect([later.state.kind, later.bytes.includes(secret)]).toEqual([later.state.kind, false]);
    }
  });
  expect(await inner.secret(id)).toBeNull();
  await made.stop();
});
