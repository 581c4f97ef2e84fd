/** How many participants one message of the wire has room for: in complete suites each sends a packet to every other. */
import type { Task } from '../../protocol/documents.js';
import { refuse } from '../../protocol/errors.js';
import { suiteById } from '../../protocol/suites/index.js';
import { trafficOf } from '../../protocol/traffic.js';
import { requestLimits } from '../../rpc/limits.js';

/** Framing of a packet: its position, and tag and length of each field. */
const FRAMING_BYTES = 32;

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

function fits(task: Task, participants: number): boolean {
  const { bytes, elements } = requestLimits('ShareKeys');
  const { shareBytes } = trafficOf(suiteById(task.suite), task, participants);
  return participants < elements && shareBytes + participants * FRAMING_BYTES <= bytes;
}
