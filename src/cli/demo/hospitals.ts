/**
 * The demo's hospitals: real patients (Wisconsin diagnostic data, data/LICENSE-breast-cancer.md) dealt out to
 * hospitals of unequal size and unequal case mix, so that each alone sees a part of the picture.
 */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { seededRandom, shuffled } from '../../learning/seeded-random.js';

export interface Patients {
  /** Raw measurements, 30 per patient. */
  features: Float64Array[];
  /** 0 = malignant, 1 = benign. */
  labels: number[];
}

export interface Hospital extends Patients {
  name: string;
}

export const FEATURE_COUNT = 30;
export const MALIGNANT = 0;
const TEST_SHARE = 0.2;
/** The largest hospital has about this many times the patients of the smallest. */
const SIZE_RATIO = 4;
/** How much the share of malignant cases varies between hospitals: 0 not at all, 1 from none to twice the usual. */
const CASE_MIX = 0.8;
const MAX_PARTICIPANTS = 50;

/**
 * What the participants declare about each measurement before anyone computes anything: clinically plausible bounds,
 * rounded and public, on which a real study would agree beforehand. They scale the secure statistics; a value beyond
 * them is clipped. They are not taken from the data at run time: that would leak the extreme patients.
 */
export const FEATURE_RANGES: readonly { min: number; max: number }[] = [
  // Mean of each measurement over a patient's nuclei: radius, texture, perimeter, area, smoothness, compactness,
  // concavity, concave points, symmetry, fractal dimension.
  ...[40, 50, 250, 3000, 0.25, 0.5, 0.5, 0.25, 0.4, 0.15].map((max) => ({ min: 0, max })),
  // Standard error of the same ten.
  ...[4, 6, 30, 700, 0.05, 0.2, 0.5, 0.1, 0.1, 0.05].map((max) => ({ min: 0, max })),
  // Worst (mean of the three largest) of the same ten.
  ...[50, 60, 350, 5000, 0.3, 1.5, 1.5, 0.4, 0.8, 0.3].map((max) => ({ min: 0, max })),
];

const MEASURED = [
  'radius',
  'texture',
  'perimeter',
  'area',
  'smoothness',
  'compactness',
  'concavity',
  'concave points',
  'symmetry',
  'fractal dimension',
];
/** In the order of FEATURE_RANGES. */
export const FEATURE_NAMES: readonly string[] = ['mean', 'error of', 'worst'].flatMap((kind) =>
  MEASURED.map((name) => `${kind} ${name}`),
);

/** @throws Error when the text is not the file it should be */
export function parsePatients(csv: string): Patients {
  const [header = '', ...lines] = csv.trim().split(/\r?\n/);
  const [count, width] = header.split(',').map(Number);
  if (count !== lines.length || width !== FEATURE_COUNT)
    throw new Error(`unexpected header of counts: ${header}`);
  const rows = lines.map((line) =>
    line.split(',').map((field) => (field.trim() === '' ? NaN : Number(field))),
  );
  rows.forEach((row, i) => {
    const label = row.at(-1);
    if (row.length !== FEATURE_COUNT + 1 || !row.every(Number.isFinite) || (label !== 0 && label !== 1)) {
      throw new Error(`line ${i + 2} is not ${FEATURE_COUNT} numbers and a label 0 or 1`);
    }
  });
  return {
    features: rows.map((row) => Float64Array.from(row.slice(0, FEATURE_COUNT))),
    labels: rows.map((row) => row[FEATURE_COUNT] ?? NaN),
  };
}

/**
 * Holds back a fifth of the patients for testing, in the overall case mix, and deals the rest to the hospitals.
 * Every patient is in exactly one place; every hospital has at least one of each kind.
 * @param participants 2 … 50
 */
export function splitPatients(
  all: Patients,
  seed: number,
  participants: number,
): { hospitals: Hospital[]; test: Patients } {
  if (!Number.isInteger(participants) || participants < 2 || participants > MAX_PARTICIPANTS) {
    throw new RangeError(`participants: a whole number from 2 to ${MAX_PARTICIPANTS}, not ${participants}`);
  }
  const random = seededRandom(seed);
  const kinds = [0, 1].map((kind) =>
    shuffled(
      [...all.labels.keys()].filter((i) => all.labels[i] === kind),
      random,
    ),
  );
  const testRows = kinds.map((rows) => rows.splice(0, Math.round(rows.length * TEST_SHARE)));

  const sizes = spread(participants, 1, SIZE_RATIO, random);
  const mixes = spread(participants, 1 - CASE_MIX, 1 + CASE_MIX, random);
  const shares = kinds.map((rows, kind) =>
    apportion(
      rows.length,
      sizes.map((size, i) => size * (kind === MALIGNANT ? (mixes[i] ?? 1) : 2 - (mixes[i] ?? 1))),
    ),
  );
  const hospitals = sizes.map((_, i) => {
    const rows = kinds.flatMap((kindRows, kind) => kindRows.splice(0, shares[kind]?.[i] ?? 0));
    return { name: `hospital-${i + 1}`, ...pick(all, shuffled(rows, random)) };
  });
  return { hospitals, test: pick(all, shuffled(testRows.flat(), random)) };
}

/** (x − mean) ⁄ std, measurement by measurement; one that never varies becomes 0. */
export function standardise(
  features: readonly ArrayLike<number>[],
  mean: ArrayLike<number>,
  std: ArrayLike<number>,
): Float64Array[] {
  return features.map((row) =>
    Float64Array.from(row, (value, j) => {
      const deviation = std[j] ?? 0;
      return deviation > 0 ? (value - (mean[j] ?? 0)) / deviation : 0;
    }),
  );
}

/** Reads the data set that comes with the package and deals it out. */
export function hospitalData(seed: number, participants = 5): { hospitals: Hospital[]; test: Patients } {
  return splitPatients(
    parsePatients(readFileSync(packageFile('data/breast_cancer.csv'), 'utf8')),
    seed,
    participants,
  );
}

/** A file of the package, from the sources as from dist/. */
function packageFile(path: string): string {
  let folder = new URL('.', import.meta.url);
  while (!existsSync(new URL('package.json', folder)) && folder.pathname !== '/')
    folder = new URL('..', folder);
  return fileURLToPath(new URL(path, folder));
}

/** Evenly spaced numbers from low to high in random order. */
function spread(count: number, low: number, high: number, random: () => number): number[] {
  return shuffled(
    Array.from({ length: count }, (_, i) => low + ((high - low) * i) / (count - 1)),
    random,
  );
}

/** Whole numbers ≥ 1 in proportion to the weights, adding up to the total (largest remainder). */
function apportion(total: number, weights: readonly number[]): number[] {
  const sum = weights.reduce((a, b) => a + b, 0);
  const exact = weights.map((weight) => 1 + ((total - weights.length) * weight) / sum);
  const counts = exact.map(Math.floor);
  const byRemainder = [...weights.keys()].sort(
    (a, b) => ((exact[b] ?? 0) % 1) - ((exact[a] ?? 0) % 1) || a - b,
  );
  const left = total - counts.reduce((a, b) => a + b, 0);
  for (const i of byRemainder.slice(0, left)) counts[i] = (counts[i] ?? 0) + 1;
  return counts;
}

const pick = ({ features, labels }: Patients, rows: readonly number[]): Patients => ({
  features: rows.map((i) => features[i] ?? new Float64Array(FEATURE_COUNT)),
  labels: rows.map((i) => labels[i] ?? NaN),
});
