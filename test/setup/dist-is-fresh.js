// Jest globalSetup: worker threads and child processes start from dist/, so a stale dist must fail the run.
import { readStamp, sourceHash } from '../../scripts/lib/stamp.mjs';

export default function distIsFresh() {
  if (readStamp() !== sourceHash()) throw new Error('dist is stale: run npm run build');
}
