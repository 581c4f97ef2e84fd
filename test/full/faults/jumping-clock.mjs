/**
 * Preloaded into a process (NODE_OPTIONS=--import): at SIGUSR2 the wall clock that it sees is set by
 * BLINDSUM_TEST_JUMP_MS. Who keeps `Date.now` keeps this one, and sees it as well.
 */
const WallDate = Date;
const wallNow = Date.now;
let setMs = 0;
WallDate.now = () => wallNow() + setMs;
globalThis.Date = new Proxy(WallDate, {
  construct: (target, args) => (args.length === 0 ? new target(target.now()) : new target(...args)),
});
process.once('SIGUSR2', () => {
  setMs = Number(process.env.BLINDSUM_TEST_JUMP_MS);
});
