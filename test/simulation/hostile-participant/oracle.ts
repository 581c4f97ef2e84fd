/**
 * What must hold of every play (issue 3, PROTOCOL §4.4): no crash, no hang, a sum of exactly U3 or none, and blame for
 * nobody honest. The sum is computed from inputs, uploads and the secrets that the participants hold, not by unmasking
 * as the coordinator does.
 */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import { agree, maskKeyPair } from '../../../crypto/key-agreement.js';
import { addInto, reduceBits, subtractInto, unpackBits } from '../../../crypto/masked-vector.js';
import { fillKeystream } from '../../../crypto/prg.js';
import { freeze, rosterEntries } from '../../../src/protocol/coordinator/r0-advertise-keys.js';
import { allSteps } from '../../../src/protocol/steps.js';
import { headerOf } from '../../../src/protocol/coordinator/state.js';
import { decodePackets, decodeShareList } from '../../../src/protocol/attachments.js';
import type { SessionContext } from '../../../src/protocol/context.js';
import { maskedInputCodec, shareKeysCodec } from '../../../src/protocol/messages.js';
import { layoutOf, neededSurvivors } from '../../../src/protocol/parameters.js';
import { fromBitmap } from '../../../src/protocol/sets.js';
import { keysAt, shareLeaves } from '../../../src/protocol/shares.js';
import { sameSigned, type Signed } from '../../../src/protocol/signed.js';
import { abortCodec, setCodec } from '../../../src/protocol/statements.js';
import { pairwiseStream, selfStream } from '../../../src/protocol/suites/masking/masks.js';
import { SHARE_KINDS, selfMaskCommitment } from '../../../src/protocol/suites/masking/sharing.js';
import type { SessionRecord } from '../../../src/storage/port.js';
import type { TestParticipant } from '../../coordinator/test-participant.js';
import { coordinatorDeps, organiser } from '../../helpers/protocol.js';
import type { Seen } from './stage.js';

export interface Verdict {
  /** 'closed', or the code and round of the abort. */
  readonly ending: string;
  readonly blamed: number;
  /** Nothing; or what is wrong, in words. */
  readonly problems: readonly string[];
}

export async function judge(seen: Seen): Promise<Verdict> {
  const problems = [...seen.problems];
  const say = (problem: string): void => void problems.push(problem);
  const { row } = seen;
  const abort = row.statements.abort === undefined ? null : abortCodec.decode(row.statements.abort.payload);
  const blamed = new Set([...row.blamed, ...(abort?.blamed ?? []).map(toHex)]);
  const roster = await rosterOf(seen);
  if (roster !== null) {
    await judgeBlame(seen, roster, blamed, say);
    if (row.phase === 'closed') await judgeSum(seen, roster, say);
    else if (await mustClose(seen)) say(`aborted with ${abort?.code} though nobody could stop it`);
  }
  const named = abort?.code === 'BAD_DEALER' && abort.round === 'r4' ? abort.blamed.length : null;
  if (named !== null && named !== 1) say(`the dealing was proven bad in r4, and ${named} are named`);
  for (const index of seen.shutOut) {
    if (!blamed.has(identityOf(seen, index))) say(`honest ${index} is shut out of the next session`);
  }
  return {
    ending: row.phase === 'closed' ? 'closed' : `${abort?.code} in ${abort?.round}`,
    blamed: blamed.size,
    problems,
  };
}

interface Roster {
  readonly session: SessionContext;
  readonly r1: ReadonlyMap<string, SessionRecord>;
  readonly headers: readonly SessionRecord[];
}

const identityOf = ({ members }: Seen, index: number): string =>
  toHex((members[index] as TestParticipant).party.identity);

/** Null when the session did not get so far. */
async function rosterOf(seen: Seen): Promise<Roster | null> {
  const { row, store } = seen;
  if (row.statements.u1 === undefined) return null;
  const task = (await store.getTask(row.taskId))?.signed as Signed;
  const header = headerOf(task, row.opening, organiser.identity, row.electorate);
  const entries = allSteps(rosterEntries(await store.readRecords(row.id, 'r0')));
  const { session } = allSteps(freeze(header, entries, { ...coordinatorDeps }));
  const r1 = new Map((await store.readRecords(row.id, 'r1')).map((record) => [record.sender, record]));
  return { session, r1, headers: await store.readRecords(row.id, 'r2') };
}

const membersOf = (seen: Seen, roster: Roster, kind: 'u2' | 'u3'): string[] => {
  const { members } = setCodec.decode((seen.row.statements[kind] as Signed).payload);
  return fromBitmap(members, roster.session.roster.length).map((position) =>
    toHex(roster.session.roster[position]?.identity as Uint8Array),
  );
};

/** Nobody honest is blamed, and everybody is who was proven bad by what it signed. */
async function judgeBlame(
  seen: Seen,
  roster: Roster,
  blamed: ReadonlySet<string>,
  say: (problem: string) => void,
): Promise<void> {
  const { row, store, play } = seen;
  const complaints = new Map<string, number>();
  for (const { signed } of roster.headers) {
    for (const { dealer } of maskedInputCodec.decode(signed.payload).complaints) {
      complaints.set(toHex(dealer), (complaints.get(toHex(dealer)) ?? 0) + 1);
    }
  }
  const tooMany = (identity: string): boolean => (complaints.get(identity) ?? 0) > play.colluders;
  const isWithin = seen.hostile.size <= play.colluders;
  for (const { index } of seen.members.filter((member) => !seen.hostile.has(member.index))) {
    const identity = identityOf(seen, index);
    // Beyond n_C the assumption is broken, and complaints alone are enough to shut somebody out.
    if (blamed.has(identity) && (isWithin || !tooMany(identity))) say(`honest ${index} is blamed`);
  }
  const closedR2 = row.statements.u3 !== undefined || (row.phase === 'aborted' && roster.headers.length > 0);
  if (!closedR2) return;
  const unfit = (await store.readRecords(row.id, 'answer'))
    .filter((answer) => !answerFits(roster, answer))
    .map(({ sender }) => sender);
  for (const identity of new Set([...unfit, ...[...complaints.keys()].filter(tooMany)])) {
    if (!blamed.has(identity)) say(`${identity} was proven bad in r2 and is not named`);
  }
}

function answerFits({ session, r1 }: Roster, { sender, subject, attachment }: SessionRecord): boolean {
  const at = (hex: string): number => session.roster.findIndex(({ identity }) => toHex(identity) === hex);
  const [dealer, holder] = [at(sender), at(subject)];
  const packet = decodePackets(r1.get(sender)?.attachment as Uint8Array)[holder];
  const shares = decodeShareList(attachment as Uint8Array);
  const leaves = shareLeaves(session, dealer, holder, SHARE_KINDS, shares);
  return (
    shares.every((share) => share.length === 32) &&
    leaves.every((leaf, kind) => equalBytes(leaf, packet?.leaves[kind] as Uint8Array))
  );
}

/** With right keys and right dealings of all who are in, lies and silence later cost nothing while the honest suffice. */
async function mustClose(seen: Seen): Promise<boolean> {
  const { row, store, hostile, play, members } = seen;
  const task = members[0]?.keysAdvertised.opened.task;
  if (hostile.size > play.colluders || task === undefined) return false;
  if (play.n - hostile.size < neededSurvivors(task, play.n)) return false;
  const right = async (kind: 'r0' | 'r1', honest: ReadonlyMap<string, Signed>): Promise<boolean> =>
    (await store.readRecords(row.id, kind)).every(({ sender, signed }) => {
      const isHostile = members.some(
        ({ party, index }) => toHex(party.identity) === sender && hostile.has(index),
      );
      return !isHostile || sameSigned(signed, honest.get(sender) ?? signed);
    });
  return (await right('r0', seen.honestR0)) && (await right('r1', seen.honestR1));
}

async function judgeSum(seen: Seen, roster: Roster, say: (problem: string) => void): Promise<void> {
  const { row, coordinator, members, hostile } = seen;
  const { session } = roster;
  const layout = layoutOf(session.task);
  const u3 = membersOf(seen, roster, 'u3');
  if (u3.join() !== [...seen.uploads.keys()].sort().join()) say('U3 is not who uploaded');
  const sums = layout.map(({ length }) => new Uint32Array(length));
  for (const member of members) {
    const identity = toHex(member.party.identity);
    if (!u3.includes(identity)) continue;
    const input = hostile.has(member.index) ? inputBehind(seen, roster, member, say) : member.input;
    input.forEach((vector, at) => addInto(sums[at] as Uint32Array, vector as Uint32Array));
  }
  sums.forEach((sum, at) => reduceBits(sum, layout[at]?.bits as number));
  const packed = (await coordinator.operator.getOutcome(row.id)).aggregate as Uint8Array;
  let from = 0;
  layout.forEach(({ name, bits, length, byteLength }, at) => {
    const found = unpackBits(packed.subarray(from, (from += byteLength)), bits, length);
    if (found.join() !== sums[at]?.join())
      say(`vector ${name} is [${found.join()}], not [${sums[at]?.join()}]`);
  });
  for (const member of members.filter(
    ({ unmasked, index }) => unmasked !== undefined && !hostile.has(index),
  )) {
    await member
      .aggregate()
      .catch((error: unknown) => say(`honest ${member.index} refuses the result: ${String(error)}`));
  }
}

/**
 * y less what the coordinator may take off: the committed self mask, and the pairwise masks with everybody in U2 but
 * hostile survivors. What two of those put into their uploads between them is part of what they put in.
 */
function inputBehind(
  seen: Seen,
  roster: Roster,
  member: TestParticipant,
  say: (problem: string) => void,
): Uint32Array[] {
  const { session, r1 } = roster;
  const identity = toHex(member.party.identity);
  const at = session.roster.findIndex((other) => toHex(other.identity) === identity);
  const upload = seen.uploads.get(identity) as Uint8Array;
  const { commitment } = shareKeysCodec.decode(r1.get(identity)?.signed.payload as Uint8Array);
  const { suiteSeed } = member.keysShared;
  if (!equalBytes(selfMaskCommitment(session, at, suiteSeed), commitment)) {
    say(`closed although nobody knows what hostile ${member.index} committed to`);
  }
  const [u2, u3] = [membersOf(seen, roster, 'u2'), membersOf(seen, roster, 'u3')];
  let from = 0;
  return layoutOf(session.task).map(({ name, bits, length, byteLength }) => {
    const value = unpackBits(upload.subarray(from, (from += byteLength)), bits, length);
    const streams = [selfStream(session, name, at, suiteSeed)];
    for (const peer of seen.members) {
      const peerHex = toHex(peer.party.identity);
      const position = session.roster.findIndex((other) => toHex(other.identity) === peerHex);
      const survivesHostile = seen.hostile.has(peer.index) && u3.includes(peerHex);
      if (position === at || !u2.includes(peerHex) || survivesHostile) continue;
      const agreed = agree(maskKeyPair(peer.keysAdvertised.maskSeed).privateKey, keysAt(session, at).maskKey);
      streams.push(pairwiseStream(session, name, at, position, agreed));
    }
    for (const { key, nonce, sign } of streams) {
      const mask = new Uint32Array(length);
      fillKeystream({ key, nonce, from: 0, out: mask });
      if (sign === 1) subtractInto(value, mask);
      else addInto(value, mask);
    }
    return value;
  });
}
