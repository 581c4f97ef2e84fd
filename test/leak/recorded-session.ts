/**
 * A whole session of `blindsum simulate` over TLS, with everything recorded that the tests of this folder look for and
 * look in: what the coordinator's process receives, what is logged, and every secret there is, copied when it is made
 * because the client wipes its own.
 */
import { pino } from 'pino';
import { concatBytes, utf8 } from '../../crypto/bytes.js';
import { maskKeyPair, shareKeyPair } from '../../crypto/key-agreement.js';
import { type DropoutCounts, NO_DROPOUT } from '../../src/cli/simulate/dropout.js';
import { eachInteger, inputOf, planInputs } from '../../src/cli/simulate/inputs.js';
import type { SimulationReport } from '../../src/cli/simulate/report.js';
import { runSimulation } from '../../src/cli/simulate/run.js';
import type { Tracer } from '../../src/coordinator/tracing/port.js';
import { partyOf } from '../../src/cli/simulate/setup.js';
import { identityAt } from '../../src/protocol/shares.js';
import type { Suite } from '../../src/protocol/suite.js';
import { suitesWithPlain } from '../suites/plain/index.js';
import { maskJob } from '../helpers/protocol/job.js';

export interface RecordOptions {
  readonly suite: 'masking/complete' | 'test/plain';
  readonly participants: number;
  readonly length: number;
  readonly bits: number;
  readonly dropout?: Partial<DropoutCounts>;
  readonly seed: string;
  readonly tracer?: Tracer;
}

/** One share that somebody dealt to somebody. */
export interface DealtShare {
  readonly dealer: string;
  readonly holder: string;
  readonly kind: 'maskKey' | 'selfMask';
  readonly share: Uint8Array;
}

export interface Recorded {
  readonly report: SimulationReport;
  /** All requests that reached the coordinator: metadata and messages, after TLS. */
  readonly received: Uint8Array;
  /** What the coordinator logged at the finest level, and what clients told the application. */
  readonly logs: string;
  /** Quantised, by participant. */
  readonly vectors: readonly Uint32Array[];
  /** As contributed, by participant. */
  readonly values: readonly (Float32Array | Float64Array)[];
  /** Public keys, hex, by participant. */
  readonly identities: readonly string[];
  /** Everything a participant drew from its generator, in order. */
  readonly draws: readonly (readonly Uint8Array[])[];
  readonly privateKeys: readonly { readonly label: string; readonly bytes: Uint8Array }[];
  /** Agreed secrets and keys of mask streams. */
  readonly maskSecrets: readonly { readonly label: string; readonly bytes: Uint8Array }[];
  readonly shares: readonly DealtShare[];
  /** Identities by set, and of those who answered in r4. */
  readonly u2: ReadonlySet<string>;
  readonly u3: ReadonlySet<string>;
  readonly helpers: ReadonlySet<string>;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

export async function recordSession(options: RecordOptions): Promise<Recorded> {
  const { participants, length, bits, seed, tracer } = options;
  const received: Uint8Array[] = [];
  const lines: string[] = [];
  const draws = Array.from({ length: participants }, (): Uint8Array[] => []);
  const secrets = new SecretRecorder();
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const report = await runSimulation({
    ...options,
    dropout: { ...NO_DROPOUT, ...options.dropout },
    transport: 'grpc',
    suites: (id) => secrets.watch(suitesWithPlain(id)),
    observe: {
      onBytes: (path, bytes) => void received.push(utf8(path), Uint8Array.from(bytes)),
      logger: log,
      ...(tracer === undefined ? {} : { tracer }),
      onEvent: (participant, event) => void lines.push(JSON.stringify({ participant, ...event })),
      random: (participant, random) => (count) => {
        const drawn = random(count);
        draws[participant]?.push(drawn.slice());
        return drawn;
      },
    },
  });
  const plan = planInputs(participants, length, bits, seed);
  const everybody = Array.from({ length: participants }, (_, index) => index);
  const parties = everybody.map((index) => partyOf(seed, `participant ${index}`));
  return {
    report,
    received: concatBytes(...received),
    logs: lines.join('\n'),
    vectors: everybody.map((index) => quantised(plan, index)),
    values: everybody.map((index) => inputOf(plan, index)),
    identities: parties.map(({ signer }) => hex(signer.publicKey)),
    draws,
    privateKeys: everybody.flatMap((index) => [
      { label: `identity seed of ${index}`, bytes: (parties[index] as { seed: Uint8Array }).seed },
      ...sessionKeys(draws[index] ?? []).map(({ label, bytes }) => ({
        label: `${label} of ${index}`,
        bytes,
      })),
    ]),
    ...secrets.found(),
  };
}

/** Which draw is which: the scope's rounding seed, c, s, the nonce of r0 (public), b, then polynomials. */
export const DRAW = { rounding: 0, shareSeed: 1, maskSeed: 2, nonce: 3, selfMaskSeed: 4 } as const;

function sessionKeys(drawn: readonly Uint8Array[]): { label: string; bytes: Uint8Array }[] {
  const [shareSeed, maskSeed] = [drawn[DRAW.shareSeed], drawn[DRAW.maskSeed]];
  if (shareSeed === undefined || maskSeed === undefined) return [];
  return [
    { label: 'private share key', bytes: shareKeyPair(shareSeed).privateKey },
    { label: 'private mask key', bytes: maskKeyPair(maskSeed).privateKey },
  ];
}

function quantised(plan: Parameters<typeof eachInteger>[0], participant: number): Uint32Array {
  const values = new Uint32Array(plan.length);
  const modulus = 2 ** plan.bits;
  eachInteger(plan, participant, (index, value) => {
    values[index] = value < 0 ? value + modulus : value;
  });
  return values;
}

/** Looks over the shoulder of the suite: all that is dealt, agreed, masked with and revealed passes there. */
class SecretRecorder {
  readonly #shares: DealtShare[] = [];
  readonly #maskSecrets: { label: string; bytes: Uint8Array }[] = [];
  readonly #helpers = new Set<string>();
  #u2 = new Set<string>();
  #u3 = new Set<string>();

  watch(suite: Suite): Suite {
    return {
      ...suite,
      deal: (session, self, secrets, random) => {
        const deal = suite.deal(session, self, secrets, random);
        const dealer = hex(identityAt(session, self));
        const note = (position: number, shares: readonly (Uint8Array | null)[]): void => {
          const holder = hex(identityAt(session, position));
          suite.shareKinds.forEach((kind, index) => {
            const share = shares[index];
            if (share instanceof Uint8Array)
              this.#shares.push({ dealer, holder, kind: kind as DealtShare['kind'], share: share.slice() });
          });
        };
        suite.neighbours(session, self).forEach((peer, index) => note(peer, deal.perNeighbour[index] ?? []));
        note(self, deal.own);
        return deal;
      },
      planUpload: (session, u2, held, input) => {
        const job = suite.planUpload(session, u2, held, input);
        const who = hex(identityAt(session, held.self)).slice(0, 8);
        for (const [peer, secret] of held.agreed)
          this.#maskSecrets.push({ label: `secret agreed by ${who} with ${peer}`, bytes: secret.slice() });
        for (const { key } of maskJob(job).vectors.flatMap(({ streams }) => streams))
          this.#maskSecrets.push({ label: `a mask key of ${who}`, bytes: key.slice() });
        return job;
      },
      reveal: (session, sets, held) => {
        const name = (position: number): string => hex(identityAt(session, position));
        this.#helpers.add(name(held.self));
        this.#u2 = new Set(sets.u2.members.map(name));
        this.#u3 = new Set(sets.u3.members.map(name));
        return suite.reveal(session, sets, held);
      },
    };
  }

  found() {
    return {
      shares: this.#shares,
      maskSecrets: this.#maskSecrets,
      helpers: this.#helpers,
      u2: this.#u2,
      u3: this.#u3,
    };
  }
}
