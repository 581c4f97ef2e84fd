/** What a vector file holds, in one form for every format. */

/** Element types by the names numpy gives them, the same in every format. */
export type Dtype =
  | 'float64'
  | 'float32'
  | 'float16'
  | 'bfloat16'
  | 'int64'
  | 'int32'
  | 'int16'
  | 'int8'
  | 'uint64'
  | 'uint32'
  | 'uint16'
  | 'uint8'
  | 'bool';

export interface NamedVector {
  name: string;
  /** [] for a single number; otherwise the product is values.length. */
  shape: number[];
  /** One of {@link Dtype}. */
  dtype: string;
  /** In C order. Float32Array for float32, float16 and bfloat16; Float64Array, which holds every safe integer, otherwise. */
  values: Float64Array | Float32Array;
  /** The file gave no name (.npy, .f32, a JSON array) and nobody asked for one: `name` is the file's own. */
  unnamed?: true;
}

/**
 * A file that cannot be read or written as vectors. The message is one line: the file, what is wrong, and the
 * byte it was noticed at where that helps to find it.
 */
export class VectorFileError extends Error {
  override readonly name = 'VectorFileError';
  readonly code: 'UNREADABLE_VECTOR_FILE' | 'UNWRITABLE_VECTOR_FILE';
  /** What is wrong, without the file's name. */
  readonly problem: string;

  constructor(
    problem: string,
    options: { code?: VectorFileError['code']; path?: string; cause?: unknown } = {},
  ) {
    super(options.path === undefined ? problem : `${options.path}: ${problem}`, { cause: options.cause });
    this.code = options.code ?? 'UNREADABLE_VECTOR_FILE';
    this.problem = problem;
  }
}

export const unreadable = (problem: string): VectorFileError => new VectorFileError(problem);

export const unwritable = (problem: string): VectorFileError =>
  new VectorFileError(problem, { code: 'UNWRITABLE_VECTOR_FILE' });

/** The only vector, for formats that hold one. @throws VectorFileError when there are none or several. */
export function onlyVector(vectors: readonly NamedVector[], extension: string): NamedVector {
  const [vector] = vectors;
  if (vector === undefined || vectors.length > 1) {
    throw unwritable(
      `an ${extension} file holds exactly one vector, not ${vectors.length}; use .safetensors or .json`,
    );
  }
  return vector;
}

/** Numbers in a shape. Infinity when it is too many to count exactly; 0 as soon as one dimension is 0. */
export function elementCount(shape: readonly number[]): number {
  if (shape.includes(0)) return 0;
  const count = shape.reduce((product, dimension) => product * dimension, 1);
  return Number.isSafeInteger(count) ? count : Infinity;
}

/** A shape as numpy prints it: (), (3,), (3, 4). */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;

/** A name out of a file, fit for a line on a terminal: no control characters, and not longer than the line. */
export function quoted(name: string): string {
  const short = name.length > 60 ? `${name.slice(0, 59)}…` : name;
  return JSON.stringify(short).replace(/[\u007f-\u009f\u2028\u2029]/g, '?');
}
