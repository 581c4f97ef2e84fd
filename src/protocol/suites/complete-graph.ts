/** Who deals to whom where everybody does to everybody, and what else is the same for all then. */
import type { SessionContext } from '../context.js';
import type { Members } from '../sets.js';
import type { Suite } from '../suite.js';

export const everyoneElse = ({ roster }: SessionContext, position: number): Members =>
  roster.map((_, index) => index).filter((index) => index !== position);

export const completeGraph: Pick<
  Suite,
  'sparse' | 'neighbours' | 'signers' | 'mostComplaints' | 'checkSets'
> = {
  sparse: false,
  neighbours: everyoneElse,
  signers: ({ roster }) => roster.map((_, position) => position),
  // As many as may be colluders.
  mostComplaints: ({ task }) => task.maxColluders,
  checkSets: () => undefined,
};
