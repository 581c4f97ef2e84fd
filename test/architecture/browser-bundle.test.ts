// What an application takes into a browser must not need Node. The bundles are made from dist/, by the names and
// export conditions an application uses.
import { expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { builtinModules } from 'node:module';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));
const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));

/** Bundles `export * from name` for the browser; `left` are the imports that the bundle still makes. */
async function bundle(name: string): Promise<{ left: string[]; text: string }> {
  const result = await build({
    // Found through package.json "exports": a package may import itself by its name.
    stdin: { contents: `export * from '${name}';`, resolveDir: root, loader: 'js' },
    bundle: true,
    write: false,
    minify: true,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    conditions: ['browser', 'import', 'default'],
    mainFields: ['browser', 'module', 'main'],
    // Left as imports, so that the assertion names them all, rather than stopping at the first.
    external: [...builtins],
    logLevel: 'silent',
  });
  const left = Object.values(result.metafile.outputs).flatMap(({ imports }) =>
    imports.map(({ path }) => path),
  );
  return { left, text: result.outputFiles[0]?.text ?? '' };
}

test.each(['blindsum', 'blindsum/client', 'blindsum/audit'])(
  '%s bundles for the browser without a builtin of Node',
  async (name) => {
    const { left, text } = await bundle(name);
    expect(left).toEqual([]);
    expect(text).not.toMatch(/["']node:/);
    expect(text.length).toBeGreaterThan(1000);
    process.stdout.write(`${name}: ${text.length} bytes minified, ${gzipSync(text).length} gzipped\n`);
  },
);
