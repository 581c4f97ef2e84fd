/** What the files of an archive of transcripts are called (PROTOCOL §12.5). */

export const MANIFEST = 'manifest';
export const CHECKPOINT = 'checkpoint';
export const LOG = 'log';
export const TRUST = 'trust.yaml';

/** @param session id, hex */
export const transcriptPath = (number: number, session: string): string =>
  `sessions/${String(number).padStart(6, '0')}-${session.slice(0, 16)}.transcript`;

const TRANSCRIPT = /^sessions\/[0-9]{6,16}-[0-9a-f]{16}\.transcript$/;

export const isTranscript = (path: string): boolean => TRANSCRIPT.test(path);

/** Beside the manifest, in every archive. */
export const SMALL_FILES: readonly string[] = [CHECKPOINT, LOG, TRUST];

const [KIB, MIB] = [2 ** 10, 2 ** 20];
/** How long those may be that are read as a whole: 130,000 sessions in an archive, 800,000 in its log. */
export const MAX_BYTES: Readonly<Record<string, number>> = {
  [MANIFEST]: 16 * MIB,
  [CHECKPOINT]: 256 * KIB,
  [LOG]: 128 * MIB,
  [TRUST]: 256 * KIB,
};
