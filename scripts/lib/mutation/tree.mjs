/** Copies of the working tree, so that nothing is ever changed in it and several people can run mutants at once. */
import { cpSync, existsSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const skipped = new Set(['.git', 'node_modules', 'dist', 'coverage', 'reports', '.stryker-tmp']);

/** `count` copies of one state of the tree; they go away with the process. */
export function copyTree(root, count) {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'blindsum-mutants-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const copies = Array.from({ length: count }, (_, index) => join(folder, `tree-${index}`));
  copies.forEach((copy, index) => {
    cpSync(index === 0 ? root : copies[0], copy, {
      recursive: true,
      filter: (path) => !skipped.has(basename(path)),
    });
  });
  for (const copy of copies) {
    for (const name of ['node_modules', 'dist']) {
      if (existsSync(join(root, name))) symlinkSync(join(root, name), join(copy, name));
    }
  }
  return copies;
}
