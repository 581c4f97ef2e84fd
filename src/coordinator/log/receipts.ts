/**
 * Receipts (PROTOCOL §12.4): proofs that what a participant sent, and how the session ended, are in the session's tree, and
 * that tree in the log. Given only to who sent something, and only where store and log agree.
 */
import { equalBytes, toHex } from '../../../crypto/bytes.js';
import type { GrowingTree } from '../../../crypto/growing-tree.js';
import { refuse } from '../../protocol/errors.js';
import { isEnded } from '../../protocol/phase.js';
import { type Signed, signedLeaf } from '../../protocol/signed.js';
import { abortCodec, resultCodec, setCodec } from '../../protocol/statements.js';
import { sessionOrigin, signCheckpoint } from '../../protocol/transcript/checkpoint.js';
import { logEntryOf } from '../../protocol/transcript/log-entry.js';
import type { CheckpointQuery, LeafProof, ReceiptReply, StatementProof } from '../../rpc/log-api.js';
import type { LoggedSession, RecordKind, SessionRow, StatementKind } from '../../storage/port.js';
import type { Shell } from '../shell.js';
import type { Checkpoints } from './checkpoints.js';
import { SessionTrees } from './session-trees.js';

const ROUND_KINDS: readonly RecordKind[] = ['r0', 'r1', 'r2', 'r3', 'r4'];
const CODECS = { u1: setCodec, u2: setCodec, u3: setCodec, result: resultCodec, abort: abortCodec };
const STATEMENTS = Object.keys(CODECS) as StatementKind[];

export class Receipts {
  readonly #shell: Pick<Shell, 'store' | 'deps'>;
  readonly #checkpoints: Checkpoints;
  readonly #trees: SessionTrees;

  constructor(shell: Pick<Shell, 'store' | 'deps'>, checkpoints: Checkpoints) {
    this.#shell = shell;
    this.#checkpoints = checkpoints;
    this.#trees = new SessionTrees(shell.store);
  }

  /** @throws BlindsumError WRONG_ROUND before the end, UNKNOWN_PARTICIPANT for who sent nothing (fault peer) */
  async of(row: SessionRow, identity: Uint8Array, query: CheckpointQuery): Promise<ReceiptReply> {
    if (!isEnded(row.phase)) refuse('WRONG_ROUND', 'peer', `the session is still in ${row.phase}`);
    const sent = await this.#sentBy(row.id, toHex(identity));
    if (sent.length === 0) refuse('UNKNOWN_PARTICIPANT', 'peer', 'this identity sent nothing in the session');
    const tree = await this.#trees.of(row);
    const logged = await this.#logged(row);
    const { log, inclusion } = await this.#checkpoints.covering(logged, query);
    const { signer } = this.#shell.deps;
    const origin = sessionOrigin(signer.publicKey, row.id);
    return {
      log,
      ...logged,
      inclusion,
      sessionCheckpoint: signCheckpoint({ origin, size: tree.size, root: tree.root() }, signer),
      leaves: leafProofs(tree, sent, outcomeOf(row)),
      statements: statementProofs(tree, row),
    };
  }

  async #logged(row: SessionRow): Promise<LoggedSession> {
    const logged = await this.#shell.store.findLogged(row.id);
    if (logged === null || !equalBytes(logged.entry, logEntryOf(row))) {
      refuse('INTERNAL', 'self', 'the log says something else of the session than the store');
    } // check: A4
    return logged;
  }

  async #sentBy(sessionId: string, sender: string): Promise<Signed[]> {
    const { store } = this.#shell;
    const rounds = await Promise.all(ROUND_KINDS.map((kind) => store.getRecord(sessionId, kind, sender)));
    const answers = await store.readRecords(sessionId, 'answer');
    return [...rounds, ...answers.filter((answer) => answer.sender === sender)].flatMap((record) =>
      record === null ? [] : [record.signed],
    );
  }
}

/** What was accepted and came into no tree is left out: a header whose upload was never whole, say. */
function leafProofs(tree: GrowingTree, sent: readonly Signed[], outcome: Signed): LeafProof[] {
  return [...sent, outcome]
    .map(signedLeaf)
    .map((leaf) => ({ leaf, index: tree.indexOf(leaf) }))
    .filter(({ index }) => index >= 0)
    .sort((a, b) => a.index - b.index)
    .map(({ leaf, index }) => ({ leaf, index, inclusion: tree.inclusion(index) }));
}

function statementProofs(tree: GrowingTree, { statements }: SessionRow): StatementProof[] {
  return STATEMENTS.flatMap((kind) => {
    const signed = statements[kind];
    if (signed === undefined) return [];
    const { size } = CODECS[kind].decode(signed.payload);
    return [{ size, consistency: tree.consistency(size) }];
  });
}

const outcomeOf = ({ statements: { result, abort } }: SessionRow): Signed => (result ?? abort) as Signed;
