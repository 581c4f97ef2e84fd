/**
 * How far the heap may grow before all of it is searched for garbage, in processes that take uploads.
 *
 * What comes from the network lies outside the heap. V8 counts it to tell when to search, but chooses by the heap alone how
 * much there may be until the next time: a coordinator, whose heap is small, would search all of it for every ten megabytes
 * that come, and spend a third of its time so. With more than this, what nobody uses any more would take more memory than the
 * uploads themselves.
 */
import { setFlagsFromString } from 'node:v8';

/** In percent of what was alive the last time. */
export const HEAP_GROWTH_FLAG = '--heap-growing-percent=100';

/** For this process, from now on. */
export function letHeapGrow(): void {
  setFlagsFromString(HEAP_GROWTH_FLAG);
}
