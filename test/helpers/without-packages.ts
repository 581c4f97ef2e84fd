/** A process in which packages are not installed, as far as it can tell. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** @param prefix of their names, like '@tensorflow/' @returns environment of that process */
export function withoutPackages(prefix: string, folder: string): Readonly<Record<string, string>> {
  const hooks = `export async function resolve(name, context, next) {
    if (!name.startsWith('${prefix}')) return next(name, context);
    throw Object.assign(new Error('Cannot find package ' + name), { code: 'ERR_MODULE_NOT_FOUND' });
  }`;
  const register = `import { register } from 'node:module';
    register('./hooks.mjs', import.meta.url);`;
  writeFileSync(join(folder, 'hooks.mjs'), hooks);
  writeFileSync(join(folder, 'register.mjs'), register);
  return { NODE_OPTIONS: `--import ${join(folder, 'register.mjs')}` };
}
