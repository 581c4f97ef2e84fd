/**
 * Preparation: how hospitals agree on one standardisation without showing a patient, and how it travels in the meta of
 * the model. All of them computed it from the same secure sum, so each can check that the model brings the same.
 */
import { readFile, writeFile } from 'node:fs/promises';

import type { ModelMeta } from '../../learning/index.js';
import { refuse } from '../../protocol/errors.js';
import type { Records, Statistics, StatisticsPlan } from '../../statistics/index.js';
import { FEATURE_NAMES, FEATURE_RANGES, type Patients } from './hospitals.js';

/** Public label of the data set: its records are summed over one set of participants, ever. */
export const DATASET = 'patients';
/** Public bound on the patients of one hospital. */
export const MAX_PATIENTS = 500;

export interface Standardisation {
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export const statisticsPlan: StatisticsPlan = {
  columns: FEATURE_NAMES.map((name, j) => ({ name, min: 0, max: 1, ...FEATURE_RANGES[j] })),
  histograms: [],
  maxRecords: MAX_PATIENTS,
};

/** Patients by column. */
export const recordsOf = ({ features }: Pick<Patients, 'features'>): Records & Record<string, number[]> =>
  Object.fromEntries(FEATURE_NAMES.map((name, j) => [name, features.map((row) => row[j] ?? NaN)]));

export const standardisationOf = (statistics: Statistics): Standardisation => ({
  mean: FEATURE_NAMES.map((name) => statistics.columns[name]?.mean ?? NaN),
  std: FEATURE_NAMES.map((name) => statistics.columns[name]?.standardDeviation ?? NaN),
});

export const toMeta = ({ mean, std }: Standardisation): ModelMeta => ({
  mean: JSON.stringify(mean),
  std: JSON.stringify(std),
});

/** @throws BlindsumError MALFORMED (fault peer) */
export function fromMeta(meta: ModelMeta): Standardisation {
  return { mean: numbers(meta['mean']), std: numbers(meta['std']) };
}

function numbers(text: unknown): number[] {
  let value: unknown;
  try {
    value = JSON.parse(String(text));
  } catch (cause) {
    refuse('MALFORMED', 'peer', 'the standardisation in the model is not JSON', { cause });
  }
  const fits =
    Array.isArray(value) && value.length === FEATURE_NAMES.length && value.every((x) => Number.isFinite(x));
  return fits ? (value as number[]) : refuse('MALFORMED', 'peer', 'the model has no standardisation');
}

/** What this hospital computed itself, kept for after a restart. */
export const saveOwn = (path: string, own: Standardisation): Promise<void> =>
  writeFile(path, JSON.stringify(toMeta(own)));

/** @throws BlindsumError LINEAGE (fault peer) */
export async function checkOwn(path: string, meta: ModelMeta): Promise<void> {
  const own = JSON.parse(await readFile(path, 'utf8')) as ModelMeta;
  if (own['mean'] !== meta['mean'] || own['std'] !== meta['std'])
    refuse('LINEAGE', 'peer', 'the model brings another standardisation than the secure statistics gave');
}
