/** r1 (PROTOCOL §4.2): fetches the roster, checks all of it, deals the shares. */
import { toHex } from '../../../crypto/bytes.js';
import { shareKeys } from '../../protocol/client/r1-share-keys.js';
import type { KeysAdvertised, KeysShared, Opened } from '../../protocol/client/state.js';
import { encodePackets } from '../../protocol/attachments.js';
import { refuse } from '../../protocol/errors.js';
import type { RosterEntry } from '../../protocol/roster.js';
import { beaconValue } from '../beacon.js';
import { accept, ask, commit, latchEntry, reach, type Run } from '../run.js';
import { sendLatched } from '../send.js';
import { depsWith, type SignedBy } from '../verify-ahead.js';

export async function shareKeysRound(run: Run, state: KeysAdvertised): Promise<KeysShared> {
  const { env } = run;
  await reach(run, 'r1');
  const reply = await ask(run, (signal) => env.transport.getRoster(run.id, signal));
  checkOwnRevocations(run, reply.entries); // check: A6
  const nowMs = env.now();
  const message = { ...reply, nowMs, beacon: await beaconValue(run, state.opened) };
  const deps = await depsWith(run, () => reply.entries.flatMap((entry) => claimsOf(entry, state.opened)));
  const step = accept(run, shareKeys(state, message, deps), [reply.statement]);
  const latch = latchEntry(run, 'r1', {
    key: step.state.session.ctx,
    signed: step.send.r1,
    attachment: encodePackets(step.send.packets),
    statement: reply.statement,
  });
  const shared = await commit(run, step, [latch]);
  await sendLatched(run, latch);
  return shared;
}

const claimsOf = ({ identity, certificate, r0 }: RosterEntry, { anchors }: Opened): SignedBy[] => [
  ...(certificate === null ? [] : [{ publicKey: anchors.organiser, signed: certificate }]),
  ...(r0 === null ? [] : [{ publicKey: identity, signed: r0 }]),
];

/** The trust file may name identities that the organiser has not revoked, or whose revocation the coordinator withholds. */
function checkOwnRevocations(run: Run, entries: readonly RosterEntry[]): void {
  const { revoked: named } = run.env.trust;
  const revoked = named.size > 0 && entries.find(({ identity }) => named.has(toHex(identity)));
  if (!revoked) return;
  refuse('CERTIFICATE_REVOKED', 'peer', 'the roster names an identity that the trust file revokes', {
    participant: revoked.identity,
  });
}
