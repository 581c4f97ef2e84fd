/**
 * Checkpoints of the log (PROTOCOL §12.2, §12.3): the same bytes for everybody who asks for one size, on every node.
 *
 * Security: a head is signed only over what the store says was logged, and only if it is the one that the witnesses cosigned;
 * a cosignature is kept only if it is over that very head. So a store that was tampered with ends in silence rather than in
 * a second log.
 */
import { equalBytes } from '../../../crypto/bytes.js';
import type { GrowingTree } from '../../../crypto/growing-tree.js';
import { isBlindsumError, refuse } from '../../protocol/errors.js';
import { headText, logOrigin, signCheckpoint, type TreeHead } from '../../protocol/transcript/checkpoint.js';
import {
  type Cosigned,
  openCosignatures,
  type Witness,
  witnessId,
} from '../../protocol/transcript/cosignature.js';
import { parseSignatureLine } from '../../protocol/transcript/signed-note.js';
import type { CheckpointQuery, CheckpointReply } from '../../rpc/log-api.js';
import type { LogExport } from '../../rpc/operator-api.js';
import type { LoggedSession } from '../../storage/port.js';
import { one } from '../metrics/port.js';
import type { Shell } from '../shell.js';
import { LogTree } from './log-tree.js';

type Part = Pick<Shell, 'store' | 'deps' | 'metrics'>;

export class Checkpoints {
  readonly #shell: Part;
  readonly #tree: LogTree;
  readonly #witnesses: ReadonlyMap<string, Witness>;
  readonly #origin: string;
  /** The largest head that each witness cosigned, by its name, and when; as far as this node knows. */
  readonly #newest = new Map<string, { readonly size: number; readonly seconds: number }>();

  constructor(shell: Part, witnesses: readonly Witness[]) {
    this.#shell = shell;
    this.#tree = new LogTree(shell.store);
    this.#witnesses = new Map(witnesses.map((witness) => [witnessId(witness), witness]));
    this.#origin = logOrigin(shell.deps.signer.publicKey);
    shell.metrics.read('blindsum_log_entries', () => one(this.#tree.size));
    // One that never cosigned shows as the farthest behind, not as missing.
    shell.metrics.read('blindsum_cosigned_entries', () =>
      witnesses.map(({ name }) => ({
        labels: { witness: name },
        value: this.#newest.get(name)?.size ?? 0,
      })),
    );
    shell.metrics.read('blindsum_cosigned_timestamp_seconds', () =>
      [...this.#newest].map(([witness, { seconds }]) => ({ labels: { witness }, value: seconds })),
    );
  }

  /**
   * The newest that is cosigned as demanded and no older than what the caller saw; if there is none, the newest. Who saw a
   * larger log than there is gets the newest without a proof: the evidence against this coordinator.
   */
  async get(query: CheckpointQuery): Promise<CheckpointReply> {
    const tree = await this.#tree.current();
    return this.#reply(tree, query, await this.#size(tree, query, 0));
  }

  /** As `get`, but with the session in it; and its inclusion proof. */
  async covering(
    { index, entry }: LoggedSession,
    query: CheckpointQuery,
  ): Promise<{ readonly log: CheckpointReply; readonly inclusion: readonly Uint8Array[] }> {
    const tree = await this.#tree.current();
    if (!tree.isAt(index, entry)) refuse('INTERNAL', 'self', 'the log in the store has changed'); // check: A4
    const size = await this.#size(tree, query, index + 1);
    return { log: await this.#reply(tree, query, size), inclusion: tree.inclusion(index, size) };
  }

  /** All entries, and the checkpoint over exactly them. */
  async all(): Promise<LogExport> {
    const tree = await this.#tree.current();
    const { size } = tree;
    if (size === 0) return { checkpoint: null, entries: [] };
    const entries = await this.#shell.store.readLog(0, size);
    return { checkpoint: await this.#note(tree, size), entries };
  }

  /** @throws BlindsumError FORBIDDEN: the key is no witness's (fault peer) */
  witnessOf(key: Uint8Array): Witness {
    const found = [...this.#witnesses.values()].find(({ publicKey }) => equalBytes(publicKey, key));
    return (
      found ??
      refuse('FORBIDDEN', 'peer', 'the configuration of this coordinator names no witness with this key')
    );
  }

  /** @throws BlindsumError CONTEXT_MISMATCH, MALFORMED, BAD_SIGNATURE (fault peer) */
  async cosign(witness: Witness, size: number, line: string): Promise<void> {
    const { store, deps } = this.#shell;
    const tree = await this.#tree.current();
    if (size < 1 || size > tree.size) {
      refuse('CONTEXT_MISMATCH', 'peer', `the log has ${tree.size} entries, no checkpoint of size ${size}`);
    }
    const note = { text: headText(this.#head(tree, size)), signatures: [parseSignatureLine(line)] };
    const cosigned = openCosignatures(note, [witness], deps.verify);
    if (cosigned.length === 0) {
      refuse('BAD_SIGNATURE', 'peer', `the line is not a cosignature of witness ${witness.name}`);
    } // check: A4
    await store.putCosignature({ size, witness: witnessId(witness), line });
    this.#learn(size, cosigned);
  }

  #head(tree: GrowingTree, size: number): TreeHead {
    return { origin: this.#origin, size, root: tree.root(size) };
  }

  async #size(
    tree: GrowingTree,
    { oldSize, witnesses: count }: CheckpointQuery,
    least: number,
  ): Promise<number> {
    const to = tree.size;
    if (count === 0) return to;
    const names = [...this.#witnesses.keys()];
    const query = { witnesses: names, count, from: Math.max(oldSize, least), to };
    return (await this.#shell.store.findCosigned(query)) ?? to;
  }

  async #reply(tree: GrowingTree, { oldSize }: CheckpointQuery, size: number): Promise<CheckpointReply> {
    if (size === 0) return { checkpoint: null, consistency: [] };
    const isProvable = oldSize > 0 && oldSize <= size;
    const consistency = isProvable ? tree.consistency(oldSize, size) : [];
    return { checkpoint: await this.#note(tree, size), consistency };
  }

  async #note(tree: GrowingTree, size: number): Promise<string> {
    const { store, deps } = this.#shell;
    const head = this.#head(tree, size);
    const lines = (await store.readCosignatures(size))
      .filter(({ witness }) => this.#witnesses.has(witness))
      .map(({ line }) => line);
    this.#requireCosigned(head, lines); // check: A4
    return signCheckpoint(head, deps.signer) + lines.map((line) => `${line}\n`).join('');
  }

  #requireCosigned(head: TreeHead, lines: readonly string[]): void {
    try {
      const note = { text: headText(head), signatures: lines.map(parseSignatureLine) };
      this.#learn(head.size, openCosignatures(note, [...this.#witnesses.values()], this.#shell.deps.verify));
    } catch (error) {
      if (!isBlindsumError(error)) throw error;
      refuse('INTERNAL', 'self', 'the log in the store is not the one that was cosigned', { cause: error });
    }
  }

  #learn(size: number, cosigned: readonly Cosigned[]): void {
    for (const { witness, seconds } of cosigned) {
      const known = this.#newest.get(witness.name);
      if (known === undefined || size >= known.size) this.#newest.set(witness.name, { size, seconds });
    }
  }
}
