/** Tasks, certificates, revocations and blobs of the memory store. */
import { copyBytes, copySigned, copyTask, shareTask } from '../copy.js';
import type { Store, TaskRow } from '../port.js';
import { type Kept, order, sortedEntries } from './kept.js';

type Documents = Pick<
  Store,
  | 'putTask'
  | 'getTask'
  | 'listTasks'
  | 'closeTask'
  | 'putEnrolment'
  | 'listEnrolments'
  | 'putRevocation'
  | 'listRevocations'
  | 'putBlob'
  | 'getBlob'
>;

export const documents = (kept: Kept): Documents => ({
  async putTask(task) {
    const { tasks } = kept.data;
    if (tasks.has(task.id)) return 'same';
    tasks.set(task.id, copyTask(task));
    return 'stored';
  },

  async getTask(id) {
    const task = kept.data.tasks.get(id);
    return task ? shareTask(task) : null;
  },

  async listTasks() {
    const byAge = (a: TaskRow, b: TaskRow) => a.createdMs - b.createdMs || order(a.id, b.id);
    return [...kept.data.tasks.values()].sort(byAge).map(shareTask);
  },

  async closeTask(id) {
    const { tasks } = kept.data;
    const task = tasks.get(id);
    if (task) tasks.set(id, { ...task, closed: true });
    return task !== undefined;
  },

  async putEnrolment({ identity, certificate }) {
    kept.data.enrolments.set(identity, copySigned(certificate));
  },

  async listEnrolments() {
    return sortedEntries(kept.data.enrolments).map(([identity, certificate]) => ({
      identity,
      certificate: copySigned(certificate),
    }));
  },

  async putRevocation(identity, revocation) {
    const { revocations } = kept.data;
    if (!revocations.has(identity)) revocations.set(identity, copySigned(revocation));
  },

  async listRevocations() {
    return sortedEntries(kept.data.revocations).map(([identity, revocation]) => ({
      identity,
      revocation: copySigned(revocation),
    }));
  },

  async putBlob(digest, bytes) {
    const { blobs } = kept.data;
    if (!blobs.has(digest)) blobs.set(digest, copyBytes(bytes));
  },

  async getBlob(digest) {
    return kept.data.blobs.get(digest) ?? null;
  },
});
