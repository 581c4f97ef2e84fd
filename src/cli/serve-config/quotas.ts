/** The `quotas` of a serve configuration: their form. organisations.ts reads what they name. */
import { z } from 'zod';

const count = (most: number, description: string, example: string) =>
  z.int().min(1).max(most).optional().meta({ description, example });

const quota = {
  callsPerSecond: count(1_000_000, 'calls, in the long run', '50'),
  callBurst: count(
    1_000_000,
    'calls at once, after a pause; 20 times callsPerSecond where it is not given',
    '1000',
  ),
  callsAtOnce: count(1_000_000, 'calls at a time', '64'),
  uploadMiBPerDay: count(1_000_000_000, 'uploads, from midnight to midnight UTC', '1024'),
};
type QuotaKeys = { readonly [name in keyof typeof quota]?: number | undefined };

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const pattern = z
  .string()
  .regex(/^[^*]{0,200}\*?$/, 'a name in certificates, with a * at its end only')
  .min(1, 'is empty');

const hasRateForBurst = ({ callsPerSecond, callBurst }: QuotaKeys): boolean =>
  callBurst === undefined || callsPerSecond !== undefined;
const NO_RATE = { message: 'needs callsPerSecond', path: ['callBurst'] };

const organisation = z
  .strictObject({
    participants: z.array(z.string().min(1)).default([]),
    certificates: z.array(pattern).default([]),
    ...quota,
  })
  .refine(
    ({ participants, certificates }) => participants.length + certificates.length > 0,
    'names nobody: give participants or certificates',
  )
  .refine(
    (given) => Object.keys(quota).some((name) => given[name as keyof typeof quota] !== undefined),
    `bounds nothing: give one of ${Object.keys(quota).join(', ')}`,
  )
  .refine(hasRateForBurst, NO_RATE);

export const quotasSchema = z.strictObject({
  organisations: z
    .record(z.string().regex(NAME), organisation, {
      error: ({ code }) =>
        code === 'invalid_key'
          ? 'the name of an organisation has up to 64 letters, digits and . _ -'
          : undefined,
    })
    .optional()
    .meta({
      description:
        "participants by key (.pub file or hex) or by the name in the organiser's certificate (* at its end: all that begin so)",
      example:
        "{ clinic-a: { participants: [], certificates: ['clinic-a/*'], callsPerSecond: 50, uploadMiBPerDay: 1024 } }",
      below: Object.keys(organisation.shape),
    }),
  others: z
    .strictObject(quota)
    .refine(hasRateForBurst, NO_RATE)
    .optional()
    .meta({ description: 'of each participant in no organisation, by itself' }),
});
export type QuotasSettings = z.infer<typeof quotasSchema>;
