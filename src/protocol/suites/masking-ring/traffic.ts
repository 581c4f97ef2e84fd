/** What a session on a ring sends (PROTOCOL §5.2): as in `masking/complete`, but for k neighbours, and with m signers. */
import { quorum } from '../../parameters.js';
import type { TrafficSuite } from '../../traffic.js';
import { maskingComplete } from '../masking-complete/index.js';
import { maskingSizes } from '../masking/suite.js';
import type { RingNumbers } from './numbers.js';

/** @param numbers with w and h 0 where a rule has none */
export const ringTraffic = ({ w, h, k, t, committee }: RingNumbers): TrafficSuite => ({
  sparse: true,
  layout: (task) => maskingComplete.layout(task),
  aggregateLengths: (task) => maskingComplete.aggregateLengths(task),
  derive: (task, electorateSize) => ({
    ...{ q: committee?.q ?? quorum(electorateSize, task.maxColluders), t },
    ...{ k, w, h, m: committee?.m ?? 0 },
  }),
  sizes: (_task, participants) => maskingSizes(k, committee?.m ?? participants),
});
