/** Tasks as the operator brings them (PROTOCOL §2): signed by the organiser, and usable before anybody joins. */
import { equalBytes, toHex } from '../../crypto/bytes.js';
import { beaconOf, requireChain } from '../protocol/beacon.js';
import { electorateHash, type Task, taskCodec, taskHash } from '../protocol/documents.js';
import { refuseLack } from '../protocol/engine-refusals.js';
import { refuse } from '../protocol/errors.js';
import { neededSurvivors, quorum } from '../protocol/parameters.js';
import { uploadBytes } from '../protocol/suite.js';
import { isIncreasing } from '../protocol/scope.js';
import { openSigned, type Signed } from '../protocol/signed.js';
import { requireRoom, type Shell } from './shell.js';

/** @throws BlindsumError WRONG_ORGANISER, BAD_TASK, WOULD_WRAP, TOO_FEW_PARTICIPANTS, UNSUPPORTED, TOO_LARGE, MISSING_PACKAGE */
export async function createTask(
  { store, deps, engine, organiser, clock, limits, beacon }: Shell,
  signed: Signed,
  pinned: readonly Uint8Array[] | null,
): Promise<{ taskId: string }> {
  const task = openSigned(taskCodec, signed, organiser, deps.verify, 'WRONG_ORGANISER');
  const suite = deps.suite(task.suite);
  suite.checkTask(task);
  if (task.vectors.length > limits.maxVectors) {
    refuse(
      'TOO_LARGE',
      'caller',
      `the task has ${task.vectors.length} vectors, at most ${limits.maxVectors}`,
    );
  }
  const bytes = uploadBytes(suite, task);
  if (bytes > limits.maxUploadBytes) {
    refuse('TOO_LARGE', 'caller', `an upload would have ${bytes} bytes, at most ${limits.maxUploadBytes}`);
  }
  checkPinned(task, pinned);
  if (pinned !== null) checkElectorate(task, pinned.length);
  if (beaconOf(task) !== null) requireChain(task, beacon?.chain ?? null);
  // Not only in r4, when it would be too late.
  refuseLack(await engine.lacks(suite.engineNeed(task)));
  const taskId = toHex(taskHash(signed));
  if ((await store.getTask(taskId)) === null) {
    requireRoom((await store.listTasks()).length, limits.maxTasks, 'tasks are kept');
  }
  await store.putTask({ id: taskId, signed, pinned, createdMs: clock.now(), closed: false });
  return { taskId };
}

function checkPinned(task: Task, pinned: readonly Uint8Array[] | null): void {
  if ((task.pinned === null) !== (pinned === null)) {
    const message =
      pinned === null ? 'the task pins a list of participants: bring it' : 'the task pins no participants';
    refuse('BAD_TASK', 'caller', message);
  }
  if (task.pinned === null || pinned === null) return;
  if (!pinned.every((identity) => identity.length === 32) || !isIncreasing(pinned)) {
    refuse('BAD_TASK', 'caller', 'the pinned identities are not in strictly increasing order');
  }
  if (pinned.length !== task.pinned.size || !equalBytes(electorateHash(pinned), task.pinned.hash)) {
    refuse('BAD_TASK', 'caller', 'the pinned identities are not those that the task names');
  }
}

/** Whether so many can open a sum at all. @throws BlindsumError TOO_FEW_PARTICIPANTS, TOO_LARGE */
export function checkElectorate(task: Task, size: number): void {
  const q = quorum(size, task.maxColluders);
  const needed = neededSurvivors(task, size);
  const numbers = `N = ${size}, n_C = ${task.maxColluders}, q = ${q}, spare = ${size - needed}`;
  if (size < 3) {
    refuse('TOO_FEW_PARTICIPANTS', 'caller', `a session needs at least 3 participants (${numbers})`);
  }
  if (size < needed) {
    refuse('TOO_FEW_PARTICIPANTS', 'caller', `${size} are invited, but ${needed} must survive (${numbers})`);
  }
  if (size > task.maxParticipants) {
    refuse('TOO_LARGE', 'caller', `${size} would be invited, the task allows ${task.maxParticipants}`);
  }
}
