/**
 * A session of very many, in the clear (suite `test/plain`): every message is signed and accepted as in any session, but
 * nobody reads the roster of all others, which would take hours.
 */
import { sha256 } from '../../../crypto/hash.js';
import { toHex, utf8 } from '../../../crypto/bytes.js';
import { maskKeyPair, shareKeyPair } from '../../../crypto/key-agreement.js';
import {
  closeAdvertiseKeys,
  freeze,
  rosterEntries,
} from '../../../src/protocol/coordinator/r0-advertise-keys.js';
import { allSteps } from '../../../src/protocol/steps.js';
import { closeShareKeys, secondSet } from '../../../src/protocol/coordinator/r1-share-keys.js';
import { closeMaskedInput, thirdSet } from '../../../src/protocol/coordinator/r2-masked-input.js';
import { closeConsistency, headersOf } from '../../../src/protocol/coordinator/r3-consistency.js';
import { closeUnmask } from '../../../src/protocol/coordinator/r4-unmask.js';
import { type AcceptedRecord, headerOf, type RecordKind } from '../../../src/protocol/coordinator/state.js';
import {
  advertiseKeysCodec,
  consistencyCodec,
  maskedInputCodec,
  shareKeysCodec,
  unmaskCodec,
} from '../../../src/protocol/messages.js';
import { type Signed, signBody, signedLeaf } from '../../../src/protocol/signed.js';
import { sessionHeadCodec } from '../../../src/protocol/transcript/session-head.js';
import {
  coordinatorDeps,
  openingOf,
  organiser,
  type Party,
  signOpening,
  signTask,
  taskOf,
  vectorOf,
} from '../../helpers/protocol.js';
import type { ArchivedSession } from './archive.js';

export function sessionOfMany(parties: readonly Party[]): ArchivedSession {
  const task = signTask(taskOf(parties, { suite: 'test/plain', vectors: [vectorOf({ bits: 32 })] }));
  const electorate = parties.map(({ identity }) => identity);
  const opening = signOpening(openingOf(task, electorate, { session: 1 }));
  const header = headerOf(task, opening, organiser.identity, electorate);
  const everyone = [...parties.keys()];
  const accepted = (kind: RecordKind, sign: (member: Party) => Signed): AcceptedRecord[] =>
    parties.map((member) => ({
      kind,
      sender: toHex(member.identity),
      subject: '',
      signed: sign(member),
      attachment: null,
    }));
  let leaves = [task, opening].map(signedLeaf);
  const close = (closing: { leaves: readonly Uint8Array[] }): void => {
    leaves = [...leaves, ...closing.leaves];
  };
  const r0 = accepted('r0', ({ name, identity: sender, signer }) => {
    const seed = sha256(utf8(`${name} keys`));
    const keys = { shareKey: shareKeyPair(seed).publicKey, maskKey: maskKeyPair(seed).publicKey };
    return signBody(advertiseKeysCodec, { sender, opening: header.id, ...keys, nonce: seed }, signer);
  });
  close(allSteps(closeAdvertiseKeys(header, leaves, r0, coordinatorDeps)));
  const first = allSteps(freeze(header, allSteps(rosterEntries(r0)), coordinatorDeps));
  const { ctx, rosterRoot } = first.session;
  const nothing = new Uint8Array();
  const r1 = accepted('r1', ({ identity: sender, signer }) =>
    signBody(
      shareKeysCodec,
      { sender, ctx, rosterRoot, commitment: nothing, shareRoot: sha256(nothing) },
      signer,
    ),
  );
  close(closeShareKeys(first, leaves, r1, coordinatorDeps));
  const second = secondSet(first, everyone);
  const sets = { u1: first.u1.hash, u2: second.u2?.hash ?? nothing };
  const digests = [sha256(nothing)];
  const r2 = accepted('r2', ({ identity: sender, signer }) =>
    signBody(maskedInputCodec, { sender, ctx, ...sets, digests, complaints: [] }, signer),
  );
  const complete = r2.map(({ sender }) => sender);
  close(
    closeMaskedInput(second, leaves, { headers: r2, answers: [], complete, dealers: [] }, coordinatorDeps),
  );
  const third = thirdSet(second, everyone);
  const all = { ...sets, u3: third.u3?.hash ?? nothing };
  const uploads = headersOf(third, r2).uploads.root;
  const r3 = accepted('r3', ({ identity: sender, signer }) =>
    signBody(consistencyCodec, { sender, ctx, ...all, uploads }, signer),
  );
  close(closeConsistency(third, leaves, r3, coordinatorDeps));
  const r4 = accepted('r4', ({ identity: sender, signer }) =>
    signBody(unmaskCodec, { sender, ctx, ...all, kinds: nothing, shares: sha256(nothing) }, signer),
  );
  const sum = { kind: 'integers', vectors: [{ name: 'counts', values: new Uint32Array(5) }] } as const;
  close(closeUnmask(third, leaves, r4, sum, coordinatorDeps));
  const head = sessionHeadCodec.encode({ electorate, certificates: [], grants: [] });
  return { place: 'sessions/000001-many.transcript', head, leaves };
}
