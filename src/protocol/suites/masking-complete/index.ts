/**
 * Suite `masking/complete` (PROTOCOL §4): everybody shares and masks with everybody; for up to about 100 participants.
 * Bonawitz et al. 2017 with active-adversary consistency, hardened as PROTOCOL §4 lists.
 */
import { checkStated, checkTask, quorum } from '../../parameters.js';
import { completeGraph } from '../complete-graph.js';
import { maskingSizes, maskingSuite } from '../masking/suite.js';

export const maskingComplete = maskingSuite({
  id: 'masking/complete',
  checkTask,
  sizes: (_task, participants) => maskingSizes(participants - 1, participants),
  derive(task, electorateSize) {
    checkTask(task);
    const q = quorum(electorateSize, task.maxColluders);
    // t = q from the electorate, not from those who came: the coordinator can pick the latter.
    return { q, t: q };
  },
  checkParameters(task, electorateSize, rosterSize, parameters) {
    checkStated(parameters, this.derive(task, electorateSize, rosterSize)); // check: A7, C12
  },
  ...completeGraph,
});
