/** Where the secrets of each state are, for wiping. JavaScript cannot promise erasure; this narrows the window. */
import type { ClientState } from '../protocol/client/state.js';

export function secretsOf(state: ClientState): Uint8Array[] {
  switch (state.kind) {
    case 'opened':
    case 'unmasked':
      return [];
    case 'keysAdvertised':
      return [
        state.shareSeed, // check: A10
        state.maskSeed, // check: A10
      ];
    case 'keysShared':
      return [
        ...state.incoming.map(({ key }) => key), // check: A10
        ...state.agreed.values(), // check: A10
        state.suiteSeed, // check: A10
        ...present(state.ownShares), // check: A10
        ...sharesOf(state.dealt), // check: A10
      ];
    case 'maskPlanned':
    case 'inputMasked':
      return [
        ...heldBy(state), // check: A10
        ...sharesOf(state.dealt), // check: A10
      ];
    case 'consistencySigned':
      return heldBy(state);
  }
}

type Holder = Extract<ClientState, { readonly held: unknown }>;

const heldBy = ({ held }: Holder): Uint8Array[] => [
  held.suiteSeed, // check: A10
  ...held.agreed.values(), // check: A10
  ...present(held.ownShares), // check: A10
  ...[...held.shares.values()].flatMap((shares) => [...(shares ?? [])]), // check: A10
];

const sharesOf = (dealt: ReadonlyMap<number, { readonly shares: readonly Uint8Array[] }>): Uint8Array[] =>
  [...dealt.values()].flatMap(({ shares }) => [...shares]);

const present = (shares: readonly (Uint8Array | null)[]): Uint8Array[] =>
  shares.filter((share) => share !== null);
