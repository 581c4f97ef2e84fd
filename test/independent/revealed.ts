/** What was revealed, and for which reason a session ended: V5 of aborts, V7, V8 (PROTOCOL §12.7). */
import { bytesOf, type Found, isRing, type Session } from './records.js';
import { hex } from './primitives.js';
import { holdsWindows, signsSets, votersOf } from './checks.js';
import { neighboursOf } from './ring.js';

const SELF_MASK = 1;
const MASK_KEY = 2;
const NOTHING = 3;

interface Complaint {
  readonly dealer: Buffer;
}
const complaintsOf = ({ all }: Session): { holder: string; dealer: string }[] =>
  all('r2').flatMap(({ sender, body }) =>
    (body['complaints'] as unknown as Complaint[]).map(({ dealer }) => ({
      holder: sender,
      dealer: hex(dealer),
    })),
  );

/** Dealers and the holders to whom they revealed what they had dealt. */
function answered(session: Session): Map<string, Set<string>> {
  const dealers = new Map<string, Set<string>>();
  for (const answer of session.all('answer')) {
    const holders = dealers.get(answer.sender) ?? new Set();
    dealers.set(answer.sender, holders.add(hex(bytesOf(answer, 'holder'))));
  }
  return dealers;
}

/** c of §4.4. */
const mostComplaints = ({ task, parameters }: Session): number =>
  isRing(task) ? (parameters['t'] as number) - 1 : task.maxColluders;

/** Those of U2 whose shares a holder has. */
function dealersOf({ ring, roster, parameters, u2 }: Session, holder: string): string[] {
  const members = [...(u2?.members ?? [])].sort();
  if (ring === null) return members;
  const near = neighboursOf(ring, roster.indexOf(holder), parameters['w'] as number);
  const holders = new Set([...near.map((position) => roster[position]), holder]);
  return members.filter((identity) => holders.has(identity));
}

// V7, V8
export function checkRevealed(session: Session, found: Found): void {
  const { all, one, task, parameters, roster, u2, u3 } = session;
  const complaints = complaintsOf(session);
  const shown = new Map<string, Set<string>>();
  const reveal = (dealer: string, kind: number, holder: string): void => {
    const key = `${dealer} ${kind}`;
    shown.set(key, (shown.get(key) ?? new Set()).add(holder));
  };
  for (const [dealer, holders] of answered(session)) {
    if (holders.size > mostComplaints(session)) found('TOO_MANY_ANSWERS');
    for (const holder of holders) {
      const asked = complaints.some((one) => one.holder === holder && one.dealer === dealer);
      if (!asked) found('ANSWER_WITHOUT_COMPLAINT');
      for (const kind of [SELF_MASK, MASK_KEY]) reveal(dealer, kind, holder);
    }
  }
  for (const answer of u2 === null || u3 === null ? [] : all('r4')) {
    const dealers = dealersOf(session, answer.sender);
    if (!signsSets(answer, session)) found('OTHER_SETS');
    const kinds = [...bytesOf(answer, 'kinds')];
    const allowed =
      task.suite === 'ckks/sumkey'
        ? kinds.length === 1 && [1, NOTHING].includes(kinds[0] as number)
        : kinds.length === dealers.length &&
          kinds.every((kind, at) =>
            [u3?.members.has(dealers[at] as string) === true ? SELF_MASK : MASK_KEY, NOTHING].includes(kind),
          );
    if (!allowed) found('WRONG_SHARES');
    if (task.suite !== 'ckks/sumkey' && kinds.length === dealers.length)
      kinds.forEach((kind, at) => reveal(dealers[at] as string, kind, answer.sender));
  }
  const senders = new Set(all('r4').map(({ sender }) => sender));
  if (senders.size < all('r4').length) found('SECOND_ANSWER');
  const signed = new Set(
    all('r4')
      .filter((answer) => answer.isSigned)
      .map(({ sender }) => sender),
  );
  if (one('result') !== undefined && signed.size < (parameters['t'] as number)) found('TOO_FEW_ANSWERS');
  const count = (dealer: string, kind: number): number => shown.get(`${dealer} ${kind}`)?.size ?? 0;
  const isExposed = (dealer: string): boolean =>
    task.suite === 'ckks/sumkey'
      ? count(dealer, SELF_MASK) > task.maxColluders
      : [SELF_MASK, MASK_KEY].every((kind) => count(dealer, kind) >= (parameters['t'] as number));
  if (roster.some(isExposed)) found('BOTH_KINDS');
}

// V5, of aborts
export function checkAbort(session: Session, reasons: ReadonlySet<string>, found: Found): void {
  const { all, one, needed, parameters, u2 } = session;
  const abort = one('abort');
  if (abort === undefined) return;
  const [code, round] = [abort.body['code'] as string, abort.body['round'] as string];
  const early = (['u1', 'u2', 'u3'] as const).findIndex((kind) => one(kind) === undefined);
  const rounds = early >= 0 ? [`r${early}`] : all('r4').length > 0 ? ['r4'] : ['r3', 'r4'];
  const shared = new Set(all('r1').map(({ sender }) => sender));
  const allowed: Readonly<Record<string, boolean>> = {
    TOO_FEW_PARTICIPANTS: round === 'r0' && all('r0').length < needed,
    TOO_FEW_SURVIVORS:
      round === 'r2' || (round === 'r1' && (all('r1').length < needed || !holdsWindows(session, shared))),
    NO_QUORUM: round === 'r3' && votersOf(session).size < (parameters['q'] as number),
    TOO_FEW_SHARES: round === 'r4',
    KEY_MISMATCH: round === 'r4',
  };
  if (!rounds.includes(round) || !reasons.has(code) || allowed[code] === false) found('UNFOUNDED_ABORT');
  const complaints = complaintsOf(session);
  const many = (dealer: string): boolean =>
    new Set(complaints.filter((one) => one.dealer === dealer).map(({ holder }) => holder)).size >
    mostComplaints(session);
  const proven = new Set(round === 'r2' ? complaints.map(({ dealer }) => dealer).filter(many) : []);
  const blamed = (abort.body['blamed'] as Buffer[]).map(hex);
  const possible =
    round === 'r2'
      ? new Set([...proven, ...answered(session).keys()])
      : round === 'r4' && code === 'BAD_DEALER' && blamed.length === 1
        ? (u2?.members ?? new Set<string>())
        : new Set<string>();
  const hidden =
    ['TOO_FEW_SURVIVORS', 'BAD_DEALER'].includes(code) &&
    [...proven].some((dealer) => !blamed.includes(dealer));
  if (hidden || blamed.some((dealer) => !possible.has(dealer))) found('WRONG_BLAME');
}
