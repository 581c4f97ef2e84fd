/**
 * What a token of the operator service is good for (PROTOCOL §8.1). An auditor reads and changes nothing; what is in escrow
 * is for auditors alone, so that whoever runs sessions has no call that hands out single uploads.
 */
export const ROLES = ['operator', 'auditor'] as const;
export type Role = (typeof ROLES)[number];

const FOR_AUDITORS_ONLY: ReadonlySet<string> = new Set(['ExportEscrow']);
const READS: ReadonlySet<string> = new Set([
  'ListTasks',
  'GetTask',
  'ListSessions',
  'GetSession',
  'WatchSession',
  'GetOutcome',
  'ExportSession',
  'ExportLog',
  'ListActions',
]);

/** @param method of OperatorService; what is not known here is for operators */
export const mayCall = (role: Role, method: string): boolean =>
  FOR_AUDITORS_ONLY.has(method) ? role === 'auditor' : role === 'operator' || READS.has(method);
