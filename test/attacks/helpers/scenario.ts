/**
 * Five participants, n_C = 1, hence q = 4; position 4 drops out after r1. The attacks branch from these rounds: the
 * coordinator is played by hand, with its real key, and signs whatever it likes.
 */
import { openSession } from '../../../src/protocol/client/open.js';
import { planMaskedInput, type SharesMessage } from '../../../src/protocol/client/r2-masked-input.js';
import { type HeadersMessage, signConsistency } from '../../../src/protocol/client/r3-consistency.js';
import { type RosterMessage, shareKeys } from '../../../src/protocol/client/r1-share-keys.js';
import { unmask } from '../../../src/protocol/client/r4-unmask.js';
import type { Codec } from '../../../src/protocol/codec.js';
import type { Task } from '../../../src/protocol/documents.js';
import { advertiseKeysCodec, maskedInputCodec } from '../../../src/protocol/messages.js';
import type { Policy } from '../../../src/protocol/policy.js';
import type { RosterEntry } from '../../../src/protocol/roster.js';
import { toBitmap } from '../../../src/protocol/sets.js';
import type { ShareDelivery } from '../../../src/protocol/shares.js';
import { type Signed, signedHash } from '../../../src/protocol/signed.js';
import type { Opening, SetStatement } from '../../../src/protocol/statements.js';
import {
  altered,
  alteredSet,
  anchorsOf,
  at,
  type AtR1,
  type AtR2,
  type AtR3,
  codeOf,
  emptyScope,
  openingOf,
  type Options,
  participants,
  type Party,
  party,
  playRounds,
  policyOf,
  replaced,
  type Rounds,
  type Setup,
  setUp,
  sharesMessage,
  signOpening,
  signTask,
  statedRoster,
  taskOf,
  zeros,
} from '../../helpers/protocol.js';

export const parties = participants(5);
export const identities = parties.map(({ identity }) => identity);
export const ALL = [0, 1, 2, 3, 4];
export const SURVIVORS = [0, 1, 2, 3];
export const stranger = party('a stranger');

export const play = (options: Options = {}): Rounds =>
  playRounds(setUp(parties, { policy: policyOf({ rosterMaxAgeMs: 1000 }), ...options }), SURVIVORS);

export const { setup, r1, r2, r3, r4 } = play();

/** What is not as the organiser, the coordinator or the participant would have it. */
export interface Given {
  readonly task?: Partial<Task>;
  readonly opening?: Partial<Opening>;
  readonly policy?: Partial<Policy>;
  readonly electorate?: readonly Uint8Array[];
}
/** What participant 0 says to an opening of the coordinator, of a task that is the organiser's. */
export const toOpening = ({ task: changes, opening: named, policy, electorate = identities }: Given = {}) => {
  const task = signTask(taskOf(parties, changes));
  const opening = signOpening(openingOf(task, electorate, named));
  const message = { task, opening, electorate, dataset: null, answersInput: true, grants: [] };
  const ledger = { lastSession: null, scopeOf: () => null };
  const { deps } = at(setup.members, 0);
  return codeOf(() => openSession(anchorsOf({ ...policyOf(), ...policy }), message, ledger, deps));
};

/** What participant 0 says to a roster: a code, or null for its r1. */
export const toRoster = (message: RosterMessage, of: Setup = setup, index = 0) =>
  codeOf(() => {
    const { state, deps } = at(of.members, index);
    return shareKeys(state, message, deps);
  });

/** The roster with some entries changed, and root, context and statement made to fit. */
export const rosterWith = (
  change: (entries: readonly RosterEntry[]) => readonly RosterEntry[],
  statement: Partial<SetStatement> = {},
): RosterMessage => statedRoster(setup, change(r1.message.entries), statement);

export const entryWith =
  (index: number, changes: Partial<RosterEntry>) => (entries: readonly RosterEntry[]) =>
    replaced(entries, index, { ...at(entries, index), ...changes });

/** The r0 of one participant, changed and signed again. */
export const otherKeys = (
  index: number,
  changes: Partial<ReturnType<typeof advertiseKeysCodec.decode>>,
  by: Party = at(parties, index),
): { r0: Signed; r0Hash: Uint8Array } => {
  const r0 = altered(advertiseKeysCodec, at(r1.message.entries, index).r0 as Signed, by, changes);
  return { r0, r0Hash: signedHash(r0) };
};

/** What participant 0 says to U2 and the packets dealt to it. */
export const toShares = (message: SharesMessage, from: AtR1 = r1) =>
  codeOf(() => {
    const { state, deps } = at(from.members, 0);
    return planMaskedInput(state, message, at(from.setup.members, 0).input, zeros, deps);
  });

export const delivered = (position: number, changes: Partial<ShareDelivery>): SharesMessage => {
  const message = sharesMessage(r2, 0);
  const deliveries = message.deliveries.map((one) =>
    one.position === position ? { ...one, ...changes } : one,
  );
  return { ...message, deliveries };
};

/** A statement of the coordinator that names these roster positions. */
export const naming = (statement: Signed, members: readonly number[]): Signed =>
  alteredSet(statement, { members: toBitmap(members, 5) });

/** What participant 0 says to U3 and the headers of the survivors. */
export const toHeaders = (message: HeadersMessage, from: AtR2 = r2) =>
  codeOf(() => {
    const { state, deps } = at(from.members, 0);
    return signConsistency(state, message, emptyScope(from.setup.electorate), [], deps);
  });

export const headersWith = (index: number, header: Signed): HeadersMessage => ({
  ...r3.message,
  headers: replaced(r3.message.headers, index, header),
});

/** The header of one survivor, changed and signed again by itself: what a colluder can send. */
export const otherHeader = (
  index: number,
  changes: Partial<ReturnType<typeof maskedInputCodec.decode>>,
): Signed => resign(maskedInputCodec, at(r3.message.headers, index), index, changes);

export const resign = <T>(codec: Codec<T>, signed: Signed, index: number, changes: Partial<T>): Signed =>
  altered(codec, signed, at(parties, index), changes);

/** What participant 0 says to the signatures of r3. */
export const toSignatures = (signatures: readonly Signed[], from: AtR3 = r3) =>
  codeOf(() => {
    const { state, deps } = at(from.members, 0);
    return unmask(state, { signatures, answers: [] }, deps);
  });
