/**
 * Checkpoints (c2sp.org/tlog-checkpoint): the head of a tree as a note that the coordinator signs (PROTOCOL §12.2). There
 * are two kinds of trees: the *log* of a coordinator, with one entry per ended session, and the tree of each session.
 *
 * Security: a coordinator that signs two checkpoints of one log, neither of which continues the other, has proven its
 * fraud itself. So participants keep the last one they saw, and witnesses cosign none that does not continue the one before.
 */
import { equalBytes, toHex, utf8 } from '../../../crypto/bytes.js';
import { fromBase64, toBase64 } from '../../../crypto/base64.js';
import { refuse } from '../errors.js';
import type { Signer, Verify } from '../signed.js';
import {
  formatNote,
  type Note,
  type NoteKey,
  noteKeyId,
  parseNote,
  SIGNATURE_TYPE,
  signaturesOf,
} from './signed-note.js';

export interface TreeHead {
  /** Which tree. */
  readonly origin: string;
  /** Number of leaves. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Uint8Array;
}

/** Of the log of the coordinator with this key. */
export const logOrigin = (coordinator: Uint8Array): string => `blindsum/log/${toHex(coordinator)}`;
/** Of the tree of one session. @param session id, hex */
export const sessionOrigin = (coordinator: Uint8Array, session: string): string =>
  `${logOrigin(coordinator)}/session/${session}`;

export const headText = ({ origin, size, root }: TreeHead): string =>
  `${origin}\n${size}\n${toBase64(root)}\n`;

const coordinatorKey = (origin: string, publicKey: Uint8Array): NoteKey => ({
  name: origin,
  publicKey,
  type: SIGNATURE_TYPE.note,
});

/** The signed note; the same bytes every time. */
export function signCheckpoint(head: TreeHead, signer: Signer): string {
  const text = headText(head);
  const keyId = noteKeyId(coordinatorKey(head.origin, signer.publicKey));
  return formatNote({
    text,
    signatures: [{ name: head.origin, keyId, signature: signer.sign(utf8(text)) }],
  });
}

export interface Checkpoint extends TreeHead {
  readonly note: Note;
}

/**
 * @param origin of the tree that is asked for
 * @throws BlindsumError MALFORMED, WRONG_COORDINATOR (fault peer)
 */
export function openCheckpoint(
  text: string,
  origin: string,
  coordinator: Uint8Array,
  verify: Verify,
): Checkpoint {
  const note = parseNote(text);
  const head = parseHead(note.text);
  if (head.origin !== origin)
    refuse(
      'MALFORMED',
      'peer',
      `the checkpoint is of another tree, ${head.origin.slice(0, 160)}, not of ${origin}`,
    ); // check: A4
  const signatures = signaturesOf(note, coordinatorKey(origin, coordinator));
  const signed = utf8(note.text);
  if (
    signatures.length !== 1 || // check: A4
    !signatures.every(({ signature }) => verify(coordinator, signed, signature)) // check: A4
  ) {
    refuse('WRONG_COORDINATOR', 'peer', 'the checkpoint is not signed by the pinned coordinator key');
  }
  return { ...head, note };
}

/** Three lines and no extensions. @throws BlindsumError MALFORMED (fault peer) */
export function parseHead(text: string): TreeHead {
  const [origin = '', sizeText = '', rootText = '', ...rest] = text.split('\n');
  const root = fromBase64(rootText);
  const isSize = /^(0|[1-9][0-9]{0,9})$/.test(sizeText) && Number(sizeText) < 2 ** 32;
  if (origin === '' || !isSize || root?.length !== 32 || rest.length !== 1 || rest[0] !== '') {
    refuse('MALFORMED', 'peer', 'not a checkpoint: expected origin, size and root, a line each');
  }
  return { origin, size: Number(sizeText), root };
}

export const sameHead = (a: TreeHead, b: TreeHead): boolean =>
  a.origin === b.origin && a.size === b.size && equalBytes(a.root, b.root);
