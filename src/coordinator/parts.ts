/** The moving parts of one coordinator, made once and shared by its services. */
import type { Announcements } from './announcements.js';
import type { ComplaintWindow } from './complaint-window.js';
import type { Enrolment } from './enrolment.js';
import type { Checkpoints } from './log/checkpoints.js';
import type { Receipts } from './log/receipts.js';
import type { SessionRunners } from './session-runners.js';
import type { SessionViews } from './session-views.js';
import type { UploadQuotas } from './upload-quotas.js';
import type { UploadStage } from './upload-stage.js';

/** What the services share besides the shell. */
export interface Parts {
  readonly views: SessionViews;
  readonly runners: SessionRunners;
  readonly uploads: UploadStage;
  readonly uploadQuotas: UploadQuotas;
  readonly complaintWindow: ComplaintWindow;
  readonly enrolment: Enrolment;
  readonly announcements: Announcements;
  readonly checkpoints: Checkpoints;
  readonly receipts: Receipts;
}
