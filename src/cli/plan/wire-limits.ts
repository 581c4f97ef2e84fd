/** How many participants one message of the wire has room for: in complete suites each sends a packet to every other. */
import type { Task } from '../../protocol/documents.js';
import { refuse } from '../../protocol/errors.js';
import { suiteById } from '../../protocol/suites/index.js';
import { trafficOf } from '../../protocol/traffic.js';
import { MAX_PARTS, requestLimits } from '../../rpc/limits.js';

/** The signed message, ids, and tag and length of each field. */
const FRAMING_BYTES = 4096;

/** @throws BlindsumError TOO_LARGE (fault caller) with how many could take part */
export function requireRequestsFit(task: Task, participants: number): void {
  if (fits(task, participants)) return;
  let most = 3;
  for (let step = 2 ** Math.ceil(Math.log2(participants)); step >= 1; step /= 2)
    if (most + step < participants && fits(task, most + step)) most += step;
  refuse(
    'TOO_LARGE',
    'caller',
    `the shares of one participant for ${participants - 1} others are more than a coordinator takes in one message; possible are ${most} participants`,
  );
}

const fits = (task: Task, participants: number): boolean =>
  packetsFit(participants - 1, trafficOf(suiteById(task.suite), task, participants).shareBytes);

/** Whether packets for so many neighbours, of so many bytes together, are one message. */
export function packetsFit(neighbours: number, shareBytes: number): boolean {
  return neighbours < MAX_PARTS && shareBytes + FRAMING_BYTES <= requestLimits('ShareKeys').bytes;
}
