/** Where the secrets of each state are, for wiping. JavaScript cannot promise erasure; this narrows the window. */
import type { ClientState } from '../protocol/client/state.js';

export function secretsOf(state: ClientState): Uint8Array[] {
  switch (state.kind) {
    case 'opened':
    case 'unmasked':
      return [];
    case 'keysAdvertised':
      return [state.shareSeed, state.maskSeed];
    case 'keysShared':
      return [
        ...state.incoming.map(({ key }) => key),
        ...state.agreed.values(),
        state.suiteSeed,
        ...present(state.ownShares),
        ...sharesOf(state.dealt),
      ];
    case 'maskPlanned':
    case 'inputMasked':
      return [...heldBy(state), ...sharesOf(state.dealt)];
    case 'consistencySigned':
      return heldBy(state);
  }
}

type Holder = Extract<ClientState, { readonly held: unknown }>;

const heldBy = ({ held }: Holder): Uint8Array[] => [
  held.suiteSeed,
  ...held.agreed.values(),
  ...present(held.ownShares),
  ...[...held.shares.values()].flatMap((shares) => [...(shares ?? [])]),
];

const sharesOf = (dealt: ReadonlyMap<number, { readonly shares: readonly Uint8Array[] }>): Uint8Array[] =>
  [...dealt.values()].flatMap(({ shares }) => [...shares]);

const present = (shares: readonly (Uint8Array | null)[]): Uint8Array[] =>
  shares.filter((share) => share !== null);
