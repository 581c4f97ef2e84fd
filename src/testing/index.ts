/** blindsum/testing: a coordinator in memory, and a clock that stands still, for tests of programs that embed the client. */
export {
  createTestFederation,
  type RunTestSession,
  type TestFederation,
  type TestFederationOptions,
} from './federation.js';
export { DEFAULT_START_MS, manualClock, type ManualClock, type ManualTimer } from './manual-clock.js';
