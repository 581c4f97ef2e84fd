/** Vectors in files, by extension: .npy, .safetensors, .json, .f32. The thin shell: file system here, formats beside it. */
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';

import { systemProblem } from '../../client/node/files.js';
import { formatJsonVectors, parseJsonVectors } from './json.js';
import { formatNpy, parseNpy } from './npy.js';
import { formatRawF32, parseRawF32 } from './raw-f32.js';
import { formatSafetensors, parseSafetensors } from './safetensors.js';
import { type NamedVector, onlyVector, quoted, VectorFileError } from './vector.js';

export { type Dtype, type NamedVector, VectorFileError } from './vector.js';

interface Format {
  parse(bytes: Uint8Array, name: string): NamedVector[];
  format(vectors: readonly NamedVector[]): Uint8Array;
}

const FORMATS: Readonly<Record<string, Format>> = {
  '.npy': {
    parse: (bytes, name) => [{ ...parseNpy(bytes, name), unnamed: true }],
    format: (vectors) => formatNpy(onlyVector(vectors, '.npy')),
  },
  '.safetensors': { parse: parseSafetensors, format: formatSafetensors },
  '.json': { parse: parseJsonVectors, format: formatJsonVectors },
  '.f32': {
    parse: (bytes, name) => [{ ...parseRawF32(bytes, name), unnamed: true }],
    format: (vectors) => formatRawF32(onlyVector(vectors, '.f32')),
  },
};

/** The extensions that can be read and written. */
export const VECTOR_FILE_EXTENSIONS: readonly string[] = Object.keys(FORMATS);

/**
 * The vectors of a file.
 * @param spec.name gives a single vector its name, or picks one out of several. Without it a vector that has no name
 * in the file is called like the file.
 * @throws VectorFileError 'UNREADABLE_VECTOR_FILE', its cause being the system's error if there was one
 */
export async function readVectors(spec: { path: string; name?: string }): Promise<NamedVector[]> {
  const { path, name } = spec;
  const code = 'UNREADABLE_VECTOR_FILE';
  const { format, stem } = formatOf(path, code);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new VectorFileError(systemProblem(cause), { code, path, cause });
  });
  return inFile(path, () => {
    const vectors = format.parse(bytes, stem);
    return name === undefined ? vectors : [named(vectors, name)];
  });
}

/**
 * Writes a file by way of a temporary one beside it: an interrupted run leaves no half-written result. Shapes and
 * dtypes are kept; a dtype that cannot hold a value is widened (see fittingDtype).
 * @throws VectorFileError 'UNWRITABLE_VECTOR_FILE'
 */
export async function writeVectors(path: string, vectors: readonly NamedVector[]): Promise<void> {
  const code = 'UNWRITABLE_VECTOR_FILE';
  const { format } = formatOf(path, code);
  const bytes = inFile(path, () => format.format(vectors));
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  } catch (cause) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw new VectorFileError(systemProblem(cause), { code, path, cause });
  }
}

function formatOf(path: string, code: VectorFileError['code']): { format: Format; stem: string } {
  const extension = extname(path);
  const known = Object.hasOwn(FORMATS, extension.toLowerCase())
    ? FORMATS[extension.toLowerCase()]
    : undefined;
  if (known === undefined) {
    const problem = `cannot tell its format: the name must end in ${VECTOR_FILE_EXTENSIONS.join(', ')}`;
    throw new VectorFileError(problem, { code, path });
  }
  return { format: known, stem: basename(path, extension) };
}

function named(vectors: readonly NamedVector[], name: string): NamedVector {
  const found = vectors.length === 1 ? vectors[0] : vectors.find((vector) => vector.name === name);
  if (found === undefined) {
    const names = vectors.map((vector) => quoted(vector.name)).join(', ');
    throw new VectorFileError(`it has no vector ${quoted(name)}, only ${names || 'none at all'}`);
  }
  return { name, shape: found.shape, dtype: found.dtype, values: found.values };
}

/** Runs a pure function and puts the file's name in front of what it complains about. */
function inFile<T>(path: string, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof VectorFileError)) throw error;
    throw new VectorFileError(error.problem, { code: error.code, path });
  }
}
