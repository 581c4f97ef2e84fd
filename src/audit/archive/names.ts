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
