/** What a simulation is asked for. */
import type { Random } from '../../../crypto/random.js';
import type { ProgressEvent, VerifyElsewhere } from '../../client/index.js';
import type { Logger } from '../../coordinator/index.js';
import type { Tracer } from '../../coordinator/tracing/port.js';
import type { Verify } from '../../protocol/signed.js';
import type { Engine, Suite } from '../../protocol/suite.js';
import type { DropoutCounts } from './dropout.js';

/** Calls within the process, or one TLS connection per participant over loopback. */
export type TransportName = 'memory' | 'grpc';

export interface SimulationOptions {
  readonly suite: string;
  readonly participants: number;
  /** Coordinates. */
  readonly length: number;
  /** Of a coordinate of the sum, for suites that sum integers; default 24. */
  readonly bits?: number;
  /** For suites that sum integers: inputs have weights from 1 to so many. */
  readonly maxWeight?: number;
  /** For suites that sum floats; default: coefficients. */
  readonly encoding?: 'coefficients' | 'slots';
  readonly dropout: DropoutCounts;
  readonly transport: TransportName;
  readonly seed: string;
  /** Default: those of the product. Tests bring one that sums in the clear. */
  readonly suites?: (id: string) => Suite;
  /** Runs everybody's jobs, and is left open; default: one of its own. */
  readonly engine?: Engine;
  /** How participants check signatures; default: as the client does. */
  readonly verify?: Verify;
  /** Whether they take from one another what is the same for all of them (`shared.ts`); default: where there are many. */
  readonly shared?: boolean;
  /** For many at once; default: by `verify`. */
  readonly verifyElsewhere?: VerifyElsewhere;
  readonly signal?: AbortSignal;
  /** Messages accepted so far, and how many there will be at most. */
  readonly onProgress?: (done: number, total: number) => void;
  /** For tests that look for leaks. */
  readonly observe?: Observers;
}

export interface Observers {
  /** Only with `grpc`: everything that reaches the coordinator. */
  readonly onBytes?: (path: string, bytes: Uint8Array) => void;
  readonly logger?: Logger;
  readonly tracer?: Tracer;
  readonly onEvent?: (participant: number, event: ProgressEvent) => void;
  readonly random?: (participant: number, random: Random) => Random;
}
