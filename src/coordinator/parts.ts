/** The moving parts of one coordinator, made once and shared by its services. */
import type { Signed } from '../protocol/signed.js';
import type { Announcements } from './announcements.js';
import type { Enrolment } from './enrolment.js';
import type { SessionRunners } from './session-runners.js';
import type { SessionViews } from './session-views.js';
import type { UploadStage } from './upload-stage.js';

export interface Caller {
  /** Proven by the transport; 32 bytes. */
  readonly identity: Uint8Array;
  /** As sent; verified where it counts. */
  readonly certificate: Signed | null;
}

/** What the services share besides the shell. */
export interface Parts {
  readonly views: SessionViews;
  readonly runners: SessionRunners;
  readonly uploads: UploadStage;
  readonly enrolment: Enrolment;
  readonly announcements: Announcements;
}
