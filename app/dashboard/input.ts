import { z } from 'zod';

/** What callers may ask for; the refusal of anything else is one plain line. */

const anyLimit = z.coerce
  .number('limit must be a number from 1 to 500')
  .int('limit must be a whole number from 1 to 500')
  .min(1, 'limit must be from 1 to 500')
  .max(500, 'limit must be from 1 to 500');

const limit = (standard: number) => anyLimit.default(standard);

export const newest = z.object({ limit: limit(10) });

export const timelineQuery = z.object({ limit: limit(50) });

/** How many contributions to give, the largest; undefined: all. */
export const leadQuery = z.object({ limit: anyLimit.optional() });

export const leadsQuery = z.object({
  search: z.string('give search once').trim().max(320, 'search must have at most 320 characters').default(''),
  stage: z.string('give stage once').max(64, 'stage must have at most 64 characters').default(''),
  limit: limit(50),
});

export const leadParams = z.object({
  lead: z.string().min(1).max(320, 'a lead id, email or userId has at most 320 characters'),
});

const ADVICE = 'at must be a time such as 2026-01-31T12:00:00Z or a day such as 2026-01-31';

export const explainQuery = leadQuery.extend({
  /** ms since 1970 UTC; undefined: now. */
  at: z
    .union([z.iso.datetime({ offset: true }), z.iso.date()], ADVICE)
    .transform((at) => Date.parse(at))
    .optional(),
});

/** The first problem of an input, in one line. */
export function problemOf(error: z.ZodError): string {
  return error.issues[0]?.message ?? 'the request is not understood';
}
