/** §4.2: the roster and the statement of U1. */
import { certificateCodec, type Certificate, revocationCodec } from '../../../../src/protocol/documents.js';
import { type AdvertiseKeys, advertiseKeysCodec } from '../../../../src/protocol/messages.js';
import type { RosterEntry } from '../../../../src/protocol/roster.js';
import { signBody, type Signed, signedHash } from '../../../../src/protocol/signed.js';
import type { SetStatement } from '../../../../src/protocol/statements.js';
import {
  altered,
  alteredSet,
  coordinator,
  organiser,
  type Party,
  replaced,
  statedRoster,
} from '../../../helpers/protocol.js';
import { DROPOUTS, WEIGHTED } from './bases.js';
import { add, at, type Case, casesOf, type Change, remove, replace, sessionOf } from './case.js';
import { overfull, resignedBy, spoiled, stranger, zeros } from './signing.js';

const SELF = 3;

const of = (session: string) => {
  const { setup, r1 } = sessionOf(session);
  const { entries, statement } = r1.message;
  /** What a coordinator states that signs whatever it likes: root and context fit the entries. */
  const states = (of: readonly RosterEntry[], changes: Partial<SetStatement> = {}): Change =>
    replace('/message/statement', statedRoster(setup, of, changes).statement);
  const person = (position: number): Party => at(setup.members, position).party;
  return {
    entries,
    statement,
    states,
    person,
    setup,
    shows: (position: number, changes: Partial<RosterEntry>): Change[] => {
      const entry = { ...at(entries, position), ...changes };
      return [replace(`/message/entries/${position}`, entry), states(replaced(entries, position, entry))];
    },
    says: (changes: Partial<SetStatement>): Change =>
      replace('/message/statement', alteredSet(statement, changes)),
  };
};

const revocationOf = ({ identity }: Party, by: Party = organiser): Signed =>
  signBody(revocationCodec, { identity, revokedMs: 0 }, by.signer);

const certificateOf = (
  { identity, name }: Party,
  changes: Partial<Certificate> = {},
  by: Party = organiser,
) =>
  signBody(
    certificateCodec,
    { identity, name, notBeforeMs: 0, expiresMs: 4_102_444_800_000, ...changes },
    by.signer,
  );

export const rosterCases = (): Case[] => [
  ...entryCases(),
  ...keyCases(),
  ...certificateCases(),
  ...statementCases(),
];

function entryCases(): Case[] {
  const { entries, states, person, shows, setup } = of(DROPOUTS);
  const strange = altered(advertiseKeysCodec, at(setup.members, 7).record.signed, stranger, {
    sender: stranger.identity,
    shareKey: zeros.map(() => 9),
    maskKey: zeros.map(() => 8),
  });
  const foreign = {
    identity: stranger.identity,
    certificate: null,
    r0Hash: signedHash(strange),
    r0: strange,
  };
  const place = [...entries, foreign]
    .map(({ identity }) => Buffer.from(identity).toString('hex'))
    .sort()
    .indexOf(Buffer.from(stranger.identity).toString('hex'));
  const swapped = replaced(replaced(entries, 4, at(entries, 5)), 5, at(entries, 4));
  const small = entries.slice(0, 4);
  const it = casesOf('roster');
  return [
    it(
      '§4.2, 1',
      'the trust file revokes a member',
      'CERTIFICATE_REVOKED',
      replace('/own/revoked', [person(5).identity]),
    ),
    it('§4.2, 2', 'the roster comes a millisecond too late', 'STALE_ROSTER', replace('/own/nowMs', 600_001)),
    it('§4.2, 2', 'the roster comes at the last millisecond', null, replace('/own/nowMs', 600_000)),
    it(
      '§4.2, 3',
      'a revocation is signed by the coordinator',
      'WRONG_ORGANISER',
      replace('/message/revocations', [revocationOf(stranger, coordinator)]),
    ),
    it(
      '§4.2, 3',
      'a revocation has a field too many',
      'MALFORMED',
      replace('/message/revocations', [overfull(revocationOf(stranger), organiser)]),
    ),
    it(
      '§4.2, 4',
      'two entries change places',
      'BAD_SET',
      replace('/message/entries/4', at(entries, 5)),
      replace('/message/entries/5', at(entries, 4)),
      states(swapped),
    ),
    it('§4.2, 4', 'an identity occurs twice', 'BAD_SET', ...shows(5, at(entries, 4))),
    it(
      '§4.2, 5',
      'somebody is in the roster who was not invited',
      'UNKNOWN_PARTICIPANT',
      add(`/message/entries/${place}`, foreign),
      states([...entries.slice(0, place), foreign, ...entries.slice(place)]),
    ),
    it(
      '§4.2, 7',
      'the task pins a list, and an entry has a certificate',
      'BAD_SET',
      ...shows(5, { certificate: certificateOf(person(5)) }),
    ),
    it(
      '§4.2, 7',
      'the organiser revoked a member',
      'CERTIFICATE_REVOKED',
      replace('/message/revocations', [revocationOf(person(5))]),
    ),
    it(
      '§4.2, 10',
      'four are in the roster, five are needed',
      'TOO_FEW_PARTICIPANTS',
      ...[7, 6, 5, 4].map((position) => remove(`/message/entries/${position}`)),
      states(small),
    ),
    it(
      '§4.2, 11',
      'the own identity is missing',
      'NOT_IN_SET',
      remove(`/message/entries/${SELF}`),
      states(entries.filter((_, position) => position !== SELF)),
    ),
    it('§4.2, 17', "a neighbour's r0 is missing", 'BAD_SET', replace('/message/entries/5/r0', null)),
  ];
}

/** r0 of a member and what may be wrong with it. */
function keyCases(): Case[] {
  const { entries, person, shows } = of(DROPOUTS);
  const r0 = at(entries, 5).r0 as Signed;
  const keys = (position: number) => advertiseKeysCodec.decode((at(entries, position).r0 as Signed).payload);
  const with0 = (signed: Signed, position = 5): Change[] =>
    shows(position, { r0: signed, r0Hash: signedHash(signed) });
  const other = (changes: Partial<AdvertiseKeys>, by = person(5)): Change[] =>
    with0(altered(advertiseKeysCodec, r0, by, changes));
  const weak = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));
  const own = altered(advertiseKeysCodec, at(entries, SELF).r0 as Signed, person(SELF), { nonce: zeros });
  const it = casesOf('roster');
  return [
    it('§4.2, 8', 'an r0_hash is of other bytes than the r0', 'BAD_SET', ...shows(5, { r0Hash: zeros })),
    it('§4.2, 8', 'the signature of an r0 does not verify', 'BAD_SIGNATURE', ...with0(spoiled(r0))),
    it('§4.2, 8', 'an r0 is signed by another member', 'BAD_SIGNATURE', ...with0(resignedBy(person(6), r0))),
    it('§4.2, 8', 'an r0 names another sender', 'BAD_SIGNATURE', ...other({ sender: person(6).identity })),
    it('§4.2, 8', 'an r0 has a field too many', 'MALFORMED', ...with0(overfull(r0, person(5)))),
    it('§4.2, 8', 'an r0 is of another session', 'CONTEXT_MISMATCH', ...other({ opening: zeros })),
    it('§4.2, 8', 'a share key is zero', 'WEAK_KEY', ...other({ shareKey: zeros })),
    it(
      '§4.2, 8',
      'a mask key has order 8',
      'WEAK_KEY',
      ...other({ maskKey: weak('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800') }),
    ),
    it('§4.2, 8', 'a mask key is p + 9', 'WEAK_KEY', ...other({ maskKey: weak(`f6${'ff'.repeat(30)}7f`) })),
    it(
      '§4.2, 8',
      'a share key has bit 255 set',
      'WEAK_KEY',
      ...other({ shareKey: weak(`09${'00'.repeat(30)}80`) }),
    ),
    it(
      '§4.2, 8',
      'the two keys of a member are the same',
      'DUPLICATE_KEY',
      ...other({ maskKey: keys(5).shareKey }),
    ),
    it(
      '§4.2, 9',
      "a member has another member's mask key",
      'DUPLICATE_KEY',
      ...other({ maskKey: keys(0).maskKey }),
    ),
    it(
      '§4.2, 9',
      "a member's share key is another one's mask key",
      'DUPLICATE_KEY',
      ...other({ shareKey: keys(7).maskKey }),
    ),
    it('§4.2, 12', 'the own entry has another r0 of the own identity', 'CONFLICT', ...with0(own, SELF)),
  ];
}

function certificateCases(): Case[] {
  const { person, shows } = of(WEIGHTED);
  const whose = person(3);
  const it = casesOf('roster, certificates');
  const shown = (certificate: Signed | null): Change[] => shows(3, { certificate });
  return [
    it('§4.2, 6', 'a member has no certificate', 'CERTIFICATE_UNKNOWN', ...shown(null)),
    it(
      '§4.2, 6',
      'a certificate is signed by the coordinator',
      'CERTIFICATE_UNKNOWN',
      ...shown(certificateOf(whose, {}, coordinator)),
    ),
    it(
      '§4.2, 6',
      'a certificate is for another identity',
      'CERTIFICATE_UNKNOWN',
      ...shown(certificateOf(person(2))),
    ),
    it(
      '§4.2, 6',
      'a certificate has a field too many',
      'MALFORMED',
      ...shown(overfull(certificateOf(whose), organiser)),
    ),
    it(
      '§4.2, 6',
      'a certificate was revoked',
      'CERTIFICATE_REVOKED',
      replace('/message/revocations', [revocationOf(whose)]),
    ),
    it(
      '§4.2, 6',
      'a certificate ends now',
      'CERTIFICATE_EXPIRED',
      ...shown(certificateOf(whose, { expiresMs: 1000 })),
      replace('/own/nowMs', 1000),
    ),
    it(
      '§4.2, 6',
      'a certificate begins later',
      'CERTIFICATE_EXPIRED',
      ...shown(certificateOf(whose, { notBeforeMs: 1001 })),
      replace('/own/nowMs', 1000),
    ),
    it(
      '§4.2, 13',
      'the bitmap has a bit beyond the roster',
      'BAD_SET',
      of(WEIGHTED).says({ members: Uint8Array.of(0b11111) }),
    ),
  ];
}

function statementCases(): Case[] {
  const { entries, states, says, statement } = of(DROPOUTS);
  const numbers = (parameters: Record<string, number>): Change => states(entries, { parameters });
  const it = casesOf('roster');
  const shown = (signed: Signed): Change => replace('/message/statement', signed);
  return [
    it(
      '§4.2, 13',
      'the statement is signed by the organiser',
      'WRONG_COORDINATOR',
      shown(resignedBy(organiser, statement)),
    ),
    it(
      '§4.2, 13',
      'the statement has a field too many',
      'MALFORMED',
      shown(overfull(statement, coordinator)),
    ),
    it('§4.2, 13', 'it is a statement of U2', 'BAD_SET', says({ set: 2 })),
    it(
      '§4.2, 13',
      'it leaves a member of the roster out',
      'BAD_SET',
      says({ members: Uint8Array.of(0b11011111) }),
    ),
    it(
      '§4.2, 13',
      'the bitmap is longer than the roster',
      'BAD_SET',
      says({ members: Uint8Array.of(0xff, 0) }),
    ),
    it('§4.2, 14', 'it lacks t', 'MALFORMED', numbers({ q: 5 })),
    it('§4.2, 15', 'q is one lower', 'BELOW_POLICY', numbers({ q: 4, t: 5 })),
    it('§4.2, 15', 't is one lower', 'BELOW_POLICY', numbers({ q: 5, t: 4 })),
    it(
      '§4.2, 15',
      'both are those of the eight who came, counted without colluders',
      'BELOW_POLICY',
      numbers({ q: 4, t: 4 }),
    ),
    it('§4.2, 15', 't is one higher', 'BELOW_POLICY', numbers({ q: 5, t: 6 })),
    it('§4.2, 15', 'there is a number more', 'BELOW_POLICY', numbers({ q: 5, t: 5, k: 1 })),
    it('§4.2, 16', 'ctx is another one', 'CONTEXT_MISMATCH', says({ ctx: zeros })),
  ];
}
