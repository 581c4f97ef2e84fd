/** Every play that was ever worth keeping; a counterexample that fast-check finds gets a file here. */
import * as differentViews from './different-views.js';
import * as listsAndComplaints from './lists-and-complaints.js';
import * as packets from './packets-withheld.js';
import * as ring from './ring-cut-in-two.js';
import type { Scenario } from './scenario.js';
import * as startedAgain from './started-again.js';
import * as twoSums from './two-sums-in-one-scope.js';
import * as victim from './victim-without-its-neighbours.js';

export const scenarios: readonly Scenario[] = [
  victim,
  ring,
  packets,
  twoSums,
  differentViews,
  startedAgain,
  listsAndComplaints,
].flatMap((file): Scenario[] => Object.values(file));
