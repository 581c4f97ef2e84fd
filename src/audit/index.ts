/**
 * "blindsum/audit": checks transcripts of sessions with the protocol itself, offline, with no secret. Portable: reading files
 * or asking a coordinator is the caller's.
 */
export {
  type ArchiveFile,
  type ArchiveFiles,
  openArchive,
  type OpenedArchive,
} from './archive/open-archive.js';
export { verifyArchive } from './archive/verify-archive.js';
export { type FindingCode, FINDING_CODES } from './codes.js';
export { renderReport, type ReportOptions } from './report/index.js';
export type {
  ArchiveScope,
  Keys,
  ReceiptFile,
  SessionSource,
  TranscriptSource,
  VerifyOptions,
  VerifyTranscripts,
} from './source.js';
export * from './types.js';
export { verifyTranscripts } from './verify.js';
