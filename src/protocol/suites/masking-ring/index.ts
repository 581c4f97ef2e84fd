/**
 * Suite `masking/ring` (PROTOCOL §5.2): each shares and masks with its k nearest on a random ring; for hundreds to
 * thousands of participants. Bell et al. 2020, hardened against a coordinator that chooses who drops out.
 */
import { maskingSizes, maskingSuite } from '../masking/suite.js';
import { ringNeighbours, ringSigners } from './ring.js';
import { checkParameters, checkTask, parametersOf, sessionNumbers } from './session-numbers.js';
import { checkWindows } from './windows.js';

export const maskingRing = maskingSuite({
  id: 'masking/ring',
  sparse: true,
  checkTask,
  sizes(task, participants) {
    const { k, committee } = sessionNumbers(task, participants, participants);
    return maskingSizes(k, committee?.m ?? participants);
  },
  derive(task, electorateSize, rosterSize) {
    checkTask(task);
    return parametersOf(task, electorateSize, sessionNumbers(task, electorateSize, rosterSize));
  },
  checkParameters,
  neighbours: ringNeighbours,
  signers: ringSigners,
  // A holder more, and a dealer's answers would make up t shares.
  mostComplaints: ({ parameters }) => parameters.t - 1,
  checkSets(session, { u2, u3 }) {
    checkWindows(session, 2, u2);
    if (u3 !== undefined) checkWindows(session, 3, u3);
  },
});
