/**
 * Loads TensorFlow.js on first use. The packages are optional: who never trains installs none of them, and who
 * forgot one is told the command. Nothing is fetched from the network; the WebAssembly file lies in its package.
 */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';

import type * as Core from '@tensorflow/tfjs-core';
import type * as Layers from '@tensorflow/tfjs-layers';

export type Backend = 'wasm' | 'cpu' | 'node';

export interface TensorFlow {
  tf: typeof Core;
  layers: typeof Layers;
}

const VERSION = '4.22.0';
/** Not among the development dependencies (installing it downloads a binary), hence without types. */
const TFJS_NODE: string = '@tensorflow/tfjs-node';

/** A package that is needed now and was not installed. */
export class MissingPackageError extends Error {
  override readonly name = 'MissingPackageError';
  readonly code = 'MISSING_PACKAGE';

  constructor(
    readonly packageName: string,
    readonly installCommand: string,
    options?: ErrorOptions,
  ) {
    super(`${packageName} is not installed; run: ${installCommand}`, options);
  }
}

/**
 * The library with a backend chosen and ready. `wasm` (the default) is fast for small models and starts in a
 * fraction of a second; `cpu` is plain JavaScript; `node` uses the native library through tfjs-node.
 * @throws MissingPackageError when a package is not installed
 */
export async function loadTensorFlow({ backend = 'wasm' }: { backend?: Backend } = {}): Promise<TensorFlow> {
  const loaded = await importPackages(backend);
  const name = await REGISTER[backend](loaded);
  if (loaded.tf.getBackend() === name) return loaded;
  if (!(await startBackend(loaded.tf, name)))
    throw new Error(`the ${backend} backend of TensorFlow.js did not start`);
  return loaded;
}

/** The library with whatever backend the application has chosen, or else the default. @throws MissingPackageError */
export async function importTensorFlow(): Promise<TensorFlow> {
  const loaded = await importPackages('wasm');
  const { tf } = loaded;
  const hasBackend = Object.keys(tf.engine().registryFactory).length > 0;
  if (!hasBackend) return loadTensorFlow();
  // Chosen by the application, but possibly not started yet.
  await tf.ready();
  return loaded;
}

async function importPackages(backend: Backend): Promise<TensorFlow> {
  const tf = await orMissing('@tensorflow/tfjs-core', backend, () => import('@tensorflow/tfjs-core'));
  const layers = await orMissing('@tensorflow/tfjs-layers', backend, () => import('@tensorflow/tfjs-layers'));
  return { tf, layers };
}

const REGISTER: Readonly<Record<Backend, (loaded: TensorFlow) => Promise<string>>> = {
  async wasm() {
    const name = '@tensorflow/tfjs-backend-wasm';
    const { setWasmPaths } = await orMissing(name, 'wasm', () => import('@tensorflow/tfjs-backend-wasm'));
    setWasmPaths(dirname(createRequire(import.meta.url).resolve(name)) + sep);
    return 'wasm';
  },
  async cpu({ tf }) {
    await orMissing('@tensorflow/tfjs-backend-cpu', 'cpu', () => import('@tensorflow/tfjs-backend-cpu'));
    tf.env().set('PROD', true); // no banner that advertises tfjs-node
    return 'cpu';
  },
  async node() {
    await orMissing(TFJS_NODE, 'node', () => import(TFJS_NODE));
    return 'tensorflow';
  },
};

function installCommand(backend: Backend): string {
  const engine = backend === 'node' ? TFJS_NODE : `@tensorflow/tfjs-backend-${backend}`;
  const packages = ['@tensorflow/tfjs-core', '@tensorflow/tfjs-layers', engine];
  return `npm install ${packages.map((name) => `${name}@${VERSION}`).join(' ')}`;
}

async function orMissing<T>(name: string, backend: Backend, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    // A package that is there but lacks one of its own dependencies is another problem, and says so itself.
    if (!missing || !message.includes(name)) throw cause;
    throw new MissingPackageError(name, installCommand(backend), { cause });
  }
}

/**
 * The WebAssembly loader installs process-wide handlers that rethrow; whether an application dies of an error it did
 * not catch is not for a library to decide, so they are taken out again.
 */
async function startBackend(tf: typeof Core, name: string): Promise<boolean> {
  const events = ['uncaughtException', 'unhandledRejection'] as const;
  const before = events.map((event) => new Set(process.listeners(event as 'uncaughtException')));
  const started = await tf.setBackend(name);
  events.forEach((event, i) => {
    for (const listener of process.listeners(event as 'uncaughtException')) {
      if (before[i]?.has(listener) === false) process.off(event, listener);
    }
  });
  return started;
}
