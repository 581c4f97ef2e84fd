/** `--dropout`: how many vanish before which round, and, by the seed, who. */
import { deterministicRandom } from '../../../crypto/random.js';
import { utf8 } from '../../../crypto/bytes.js';
import { type Round, ROUNDS } from '../../protocol/phase.js';
import { usage } from '../errors.js';

/** Participants that vanish before sending the message of a round. */
export type DropoutCounts = Readonly<Record<Round, number>>;

export const NO_DROPOUT: DropoutCounts = { r0: 0, r1: 0, r2: 0, r3: 0, r4: 0 };

/**
 * `0.1` means r2: after their shares were accepted and before their masked input. `r0:1,r3:0.2` names rounds. A value
 * below 1 is a rate of all participants, rounded to the nearest; an integer from 1 on is a number of participants.
 * @throws BlindsumError USAGE naming the flag
 */
export function parseDropout(text: string, participants: number, flag = '--dropout'): DropoutCounts {
  const counts = { ...NO_DROPOUT };
  const parts = text.includes(':') ? text.split(',') : [`r2:${text}`];
  const seen = new Set<string>();
  for (const part of parts) {
    const [round = '', value = '', ...rest] = part.split(':').map((piece) => piece.trim());
    if (rest.length > 0 || !isRound(round))
      usage(`${flag}: '${part.trim()}' is not of the form r0:x … r4:x, and the whole not one rate`);
    if (seen.has(round)) usage(`${flag}: ${round} is named twice`);
    seen.add(round);
    counts[round as Round] = countOf(value, participants, flag);
  }
  const total = ROUNDS.reduce((sum, round) => sum + counts[round], 0);
  if (total > participants)
    usage(`${flag}: ${total} participants would vanish, but there are only ${participants}`);
  return counts;
}

const isRound = (text: string): text is Round => (ROUNDS as readonly string[]).includes(text);

function countOf(text: string, participants: number, flag: string): number {
  const value = /^\d+(\.\d+)?$|^\.\d+$/.test(text) ? Number(text) : NaN;
  if (value < 1) return Math.round(value * participants);
  if (!Number.isInteger(value))
    usage(`${flag}: '${text}' is neither a rate from 0 to 1 nor a whole number of participants`);
  return value;
}

/** @returns for each participant the round before whose message it vanishes, or null */
export function chooseDropouts(
  counts: DropoutCounts,
  participants: number,
  seed: string,
): readonly (Round | null)[] {
  const random = deterministicRandom(utf8(`${seed} / dropout`));
  const order = Array.from({ length: participants }, (_, index) => index);
  for (let last = order.length - 1; last > 0; last -= 1) {
    const pick = new DataView(random(4).buffer).getUint32(0, true) % (last + 1);
    [order[last], order[pick]] = [order[pick] as number, order[last] as number];
  }
  const chosen = new Array<Round | null>(participants).fill(null);
  for (const round of ROUNDS) {
    for (const index of order.splice(0, counts[round])) chosen[index] = round;
  }
  return chosen;
}
