/** What one witness asks (PROTOCOL §8.8). Its key was proven by the transport. */
import type { Witness } from '../../protocol/transcript/cosignature.js';
import type { CheckpointQuery, CheckpointReply, WitnessApi } from '../../rpc/log-api.js';
import { throwIfAborted } from '../shell.js';
import type { Checkpoints } from './checkpoints.js';

export class WitnessService implements WitnessApi {
  readonly #checkpoints: Checkpoints;
  readonly #witness: Witness;

  constructor(checkpoints: Checkpoints, witness: Witness) {
    this.#checkpoints = checkpoints;
    this.#witness = witness;
  }

  async getCheckpoint(query: CheckpointQuery, signal?: AbortSignal): Promise<CheckpointReply> {
    throwIfAborted(signal);
    return this.#checkpoints.get(query);
  }

  async putCosignature(size: number, line: string, signal?: AbortSignal): Promise<void> {
    throwIfAborted(signal);
    await this.#checkpoints.cosign(this.#witness, size, line);
  }
}
