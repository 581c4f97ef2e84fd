/**
 * The window check (PROTOCOL §5.2): every w consecutive places of the ring keep at least h of a set. With at most h − 1
 * colluders in any window there is an honest member in each, so honest survivors are neighbours all around the ring and
 * no partial sum comes out, whomever a coordinator declares dropped: two runs of w would cut the ring in two (attack A3b).
 */
import type { SessionContext } from '../../context.js';
import { refuse } from '../../errors.js';
import type { MemberSet } from '../../sets.js';
import { ringOf } from './ring.js';

/** @throws BlindsumError TOO_FEW_SURVIVORS (fault peer) */
export function checkWindows(session: SessionContext, set: 2 | 3, { members }: MemberSet): void {
  const [w, h] = [session.parameters.w as number, session.parameters.h as number];
  const { places } = ringOf(session);
  const size = places.length;
  const isPresent = new Uint8Array(size);
  for (const position of members) isPresent[places[position] as number] = 1;
  let present = 0;
  for (let place = 0; place < w; place += 1) present += isPresent[place] as number;
  for (let first = 0; first < size; first += 1) {
    if (present < h) {
      refuse(
        'TOO_FEW_SURVIVORS',
        'peer',
        `of ${w} consecutive places of the ring U${set} keeps ${present}, ${h} are needed`,
      );
    } // check: A3b
    present += (isPresent[(first + w) % size] as number) - (isPresent[first] as number);
  }
}
