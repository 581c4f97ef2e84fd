/** What `serve` needs, from a YAML file (production) or from a folder it fills itself (development). */
import { devSettings, prepareDev } from './dev.js';
import { readConfig, resolveFile, resolveGiven, type ServeConfig, type ServeFlags } from './load.js';
import type { Resolved } from './resolve.js';

export type { ServeConfig, ServeFlags } from './load.js';
export { effective, printConfig } from './print.js';
export { exampleConfig } from './example.js';

export interface ConfigSource extends ServeFlags {
  /** Either this, the YAML file … */
  readonly config?: string | undefined;
  /** … or this, the folder for trying out. */
  readonly dev?: string | undefined;
  readonly insecure?: boolean | undefined;
}

/** Without reading or making any of the files that it names. @throws BlindsumError BAD_CONFIG, UNREADABLE_FILE, USAGE */
export function resolveConfig(source: ConfigSource, environment: NodeJS.ProcessEnv = process.env): Resolved {
  const { config, dev = '.' } = source;
  if (config !== undefined) return resolveFile(config, source, environment);
  return resolveGiven(devSettings(dev), { where: 'default', folder: dev }, source, environment);
}

/** @throws BlindsumError BAD_CONFIG naming the key and where it was given; UNREADABLE_FILE, USAGE */
export async function loadConfig(
  source: ConfigSource,
  environment: NodeJS.ProcessEnv = process.env,
): Promise<ServeConfig> {
  const resolved = resolveConfig(source, environment);
  const isInsecure = source.insecure === true;
  if (source.dev !== undefined) await prepareDev(source.dev, resolved.settings.listen, isInsecure);
  return readConfig(resolved, isInsecure);
}
