/**
 * The honest participants: the real client, its journal in memory, and an engine that writes down what it masks.
 */
import { toHex, utf8 } from '../../../crypto/bytes.js';
import { sha256 } from '../../../crypto/hash.js';
import { deterministicRandom } from '../../../crypto/random.js';
import type { Client } from '../../../src/client/types.js';
import type { EncryptJob } from '../../../crypto/engine/types.js';
import type { Engine, Job, JobResult } from '../../../src/protocol/suite.js';
import { coordinator, organiser, type Party, runJob, verify } from '../../helpers/protocol.js';
import { createStation, type Station } from './seat.js';
import type { World } from './world.js';
import { maskJob } from '../../helpers/protocol/job.js';

/** A masked input that left: what is in it, written down where it was computed. */
export interface Upload {
  readonly participant: number;
  /** SHA-256 of the packed vector, as in the header. */
  readonly digest: string;
  readonly packed: Uint8Array;
  readonly input: Uint32Array | Float64Array;
  /** Context of the key it is encrypted under, in hex; '' for masks. */
  readonly ctx: string;
  /** Which streams were added and subtracted, by key and nonce. */
  readonly streams: readonly { readonly id: string; readonly sign: 1 | -1 }[];
}

export interface Participant {
  readonly client: Client;
  readonly station: Station;
}

/** @param uploads where masked inputs are kept that leave */
export function createParticipant(world: World, index: number, uploads: Upload[]): Participant {
  const { under } = world;
  const { identity, signer } = world.parties[index] as Party;
  const made = new Map<string, Upload>();
  const engine: Engine = {
    run(job) {
      const result = runJob(job);
      const upload = job.kind === 'encrypt' ? encrypted(index, job, result) : masked(index, job);
      made.set(upload.digest, upload);
      return Promise.resolve(result);
    },
    close: () => Promise.resolve(),
    lacks: () => Promise.resolve(null),
  };
  const task = { task: world.signedTask, pinned: null, revocations: [] };
  const station = createStation(task, (bytes) => {
    const upload = made.get(toHex(sha256(bytes)));
    if (upload === undefined) throw new Error('an upload that no engine made');
    uploads.push(upload);
  });
  const client = under.createClient({
    transport: station.transport,
    journal: under.createMemoryJournal(identity),
    trust: {
      anchors: {
        organiser: organiser.identity,
        coordinator: coordinator.identity,
        policy: world.policyOf(index),
        beacon: null,
      },
      ca: undefined,
      revoked: new Set(),
      witnesses: [],
      beaconFile: null,
    },
    identity: signer,
    certificate: world.certificates[index] ?? null,
    engine,
    suite: under.suitesWithSparse,
    random: deterministicRandom(utf8(`participant ${index}`)),
    verify,
    now: () => 0,
    sleep: () => new Promise(() => undefined),
  });
  return { client, station };
}

/** Written down before the job is wiped. Tasks of these plays have one vector. */
function masked(participant: number, planned: Job): Upload {
  const job = maskJob(planned);
  const result = runJob(job);
  const [vector] = job.vectors;
  if (vector?.base === null || vector === undefined || result.kind !== 'packed' || job.vectors.length !== 1)
    throw new Error('a job of another form');
  const [output] = result.vectors;
  const { bytes } = output as { bytes: Uint8Array };
  return {
    participant,
    digest: toHex(sha256(bytes)),
    packed: bytes,
    input: vector.base.slice(),
    ctx: '',
    streams: vector.streams.map(({ key, nonce, sign }) => ({ id: toHex(key) + toHex(nonce), sign })),
  };
}

function encrypted(participant: number, job: EncryptJob, result: JobResult): Upload {
  const [vector] = job.vectors;
  if (vector === undefined || result.kind !== 'ciphertexts' || job.vectors.length !== 1)
    throw new Error('a job of another form');
  const [output] = result.vectors;
  const { bytes } = output as { bytes: Uint8Array };
  return {
    participant,
    digest: toHex(sha256(bytes)),
    packed: bytes,
    input: vector.values.slice(),
    ctx: toHex(job.ctx),
    streams: [],
  };
}
