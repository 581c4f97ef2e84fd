/** The version of this package, whether it runs from the sources or from dist/. */
import { createRequire } from 'node:module';

export const packageVersion = (): string =>
  (createRequire(import.meta.url)('blindsum/package.json') as { version: string }).version;
