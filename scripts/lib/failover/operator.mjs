/** Tasks and sessions of the run, over the operator interface. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { toHex } from '../../../dist/crypto/index.js';
import { loadTrust, readSigner } from '../../../dist/src/client/node/index.js';
import {
  createGrpcOperator,
  followSession,
  parseTaskSpec,
  signTask,
} from '../../../dist/src/operator/index.js';
import { CLIP } from './inputs.mjs';

export class Operator {
  #organiser;
  #operator;

  constructor(folder, addresses) {
    const dev = join(folder, 'dev');
    const { ca } = loadTrust(join(dev, 'trust.yaml'));
    const token = readFileSync(join(dev, 'operator.token'), 'utf8').trim();
    this.#organiser = readSigner(join(dev, 'organiser.key'));
    this.#operator = createGrpcOperator({ coordinator: addresses, ca, token });
  }

  /** @returns its id */
  async createTask(name, identities, length) {
    const spec = parseTaskSpec({
      name,
      participants: identities.map(toHex),
      vectors: [{ name: 'x', length, clip: CLIP, scale: 1 }],
    });
    const { signed, pinned } = signTask(spec, identities, this.#organiser);
    return (await this.#operator.createTask(signed, pinned)).taskId;
  }

  async openSession(taskId, times) {
    return (await this.#operator.openSession({ taskId, inputDigest: null, ...times })).sessionId;
  }

  follow(sessionId, signal) {
    return followSession(this.#operator, sessionId, signal);
  }

  close() {
    this.#operator.close();
  }
}
