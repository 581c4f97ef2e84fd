/** What scripts/make-vectors.mjs writes of the log and the archive, by path below test/vectors/. */
import { toJson } from '../../protocol/vectors/record.js';
import { changedArchives, files } from './archive.js';
import { formats } from './formats.js';

export const makeAuditVectors = (): Readonly<Record<string, unknown>> => ({
  'log.json': toJson(formats()),
  'audit.json': changedArchives(),
  ...Object.fromEntries([...files].map(([path, bytes]) => [`audit/${path}`, bytes])),
});
