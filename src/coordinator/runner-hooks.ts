/** What the runner of a session asks, and tells, the node that it is on. */
import type { SessionRow } from '../storage/port.js';

export interface RunnerHooks {
  /** Whether this node runs the session. */
  isHeld(): boolean;
  /** Each time the runner looked at the session. */
  onLook(row: SessionRow): void;
  /** Once, when the session has ended or the runner was stopped. */
  onEnd(): void;
}
