/** Who deals to whom where everybody does to everybody. */
import type { SessionContext } from '../context.js';
import type { Members } from '../sets.js';

export const everyoneElse = ({ roster }: SessionContext, position: number): Members =>
  roster.map((_, index) => index).filter((index) => index !== position);
