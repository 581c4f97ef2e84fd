/**
 * What is asked of everybody's records: columns with their ranges, and histograms. The plan is the session's input, so
 * its hash is in the opening: all participants answer the same question or none (attack A1).
 */
import { z } from 'zod';
import { refuse } from '../client/index.js';

const columnSchema = z
  .strictObject({
    name: z.string().min(1).max(64),
    /** Values outside [min, max] are cut to it; agree on the range beforehand, do not take it from the data. */
    min: z.number().finite(),
    max: z.number().finite(),
  })
  .refine(({ min, max }) => min < max, 'min must be below max');

const histogramSchema = z.strictObject({
  column: z.string(),
  /** Increasing; n + 1 edges make n bins [edge, next), the last one closed; values outside fall into the outer bins. */
  edges: z
    .array(z.number().finite())
    .min(2)
    .max(10_001)
    .refine(
      (edges) => edges.every((edge, index) => index === 0 || (edges[index - 1] as number) < edge),
      'edges must increase',
    ),
});

export const planSchema = z
  .strictObject({
    columns: z.array(columnSchema).min(1).max(100_000),
    histograms: z.array(histogramSchema).max(1000).default([]),
    /** Most records any participant has; bounds the integers. */
    maxRecords: z.number().int().min(1).max(1e9),
  })
  .refine(
    ({ columns }) => new Set(columns.map(({ name }) => name)).size === columns.length,
    'column names must be unique',
  )
  .refine(
    ({ columns, histograms }) =>
      histograms.every(({ column }) => columns.some(({ name }) => name === column)),
    'a histogram needs a column of that name',
  );

export type StatisticsPlan = z.infer<typeof planSchema>;
export type StatisticsPlanInput = z.input<typeof planSchema>;

/** @throws BlindsumError BAD_CONFIG naming the key */
export function parsePlan(value: unknown): StatisticsPlan {
  const parsed = planSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  refuse(
    'BAD_CONFIG',
    'caller',
    `statistics plan: ${[issue?.path.join('.'), issue?.message].filter(Boolean).join(': ')}`,
  );
}

/** The input blob of a session. */
export const encodePlan = (plan: StatisticsPlanInput): Uint8Array =>
  new TextEncoder().encode(JSON.stringify(parsePlan(plan)));

/** @throws BlindsumError MALFORMED, BAD_CONFIG */
export function decodePlan(input: Uint8Array | null): StatisticsPlan {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(input ?? new Uint8Array()));
  } catch (cause) {
    refuse('MALFORMED', 'peer', 'the input of the session is not a statistics plan', { cause });
  }
  return parsePlan(value);
}
