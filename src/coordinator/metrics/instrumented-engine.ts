/** An engine whose jobs are timed and their streams counted. The coordinator's only jobs are those that unmask a sum. */
import { countStreams } from '../../../crypto/engine/job.js';
import type { Engine } from '../../protocol/suite.js';
import type { Metrics } from './port.js';

/** @param nowMs milliseconds since any moment, never going back */
export const instrumentedEngine = (
  engine: Engine,
  metrics: Metrics,
  nowMs: () => number = () => performance.now(),
): Engine => ({
  async run(job, options) {
    const streams = countStreams(job);
    const beganMs = nowMs();
    const result = await engine.run(job, options);
    metrics.observe('blindsum_unmask_seconds', {}, (nowMs() - beganMs) / 1000);
    metrics.count('blindsum_unmask_streams_total', {}, streams);
    return result;
  },
  close: () => engine.close(),
  lacks: (need) => engine.lacks(need),
});
