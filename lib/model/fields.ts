import { z } from 'zod';
import { behaviourName } from '#lib/behaviour/name';
import { ALWAYS, type Condition, compileCondition } from '#lib/model/condition';
import { COUNTS_FOR } from '#lib/model/counts-for';
import { parseDuration } from '#lib/model/duration';
import { compileFitCondition } from '#lib/model/fit-condition';
import { MISSING, show } from '#lib/model/issues';
import { storedAs } from '#lib/model/mistyped';
import { nearest, tolerance } from '#lib/model/spelling';
import { BEHAVIOURS } from '#schemas/generated/behaviours';

/** Fields that several files of a model have. In a problem, {} stands for the key's name. */

/** A name that goes into records and reports. */
export const identifier = z
  .unknown()
  .transform((value, context) => {
    if (typeof value === 'string' && /^[a-z][a-z0-9_-]*$/.test(value)) return value;
    const problem = value === undefined ? MISSING : `{} is ${show(value)}, not an id`;
    return refuse(context, problem, 'write small letters, digits and _, beginning with a letter');
  })
  .meta({ type: 'string', pattern: '^[a-z][a-z0-9_-]*$' });

/**
 * The name of a behaviour as it is stored: a standard one, or a custom one. One typing error away from a
 * standard one it is taken for a typing error.
 */
export const behaviour = z
  .unknown()
  .transform((value, context) => {
    if (typeof value !== 'string' || value === '') {
      const problem = value === undefined ? MISSING : `{} is ${show(value)}, not a behaviour`;
      return refuse(context, problem, 'write a name like page_viewed');
    }
    if (behaviourName(value) !== value) {
      const { problem, remedy } = storedAs(value);
      return refuse(context, problem, remedy);
    }
    const meant = nearest(value, BEHAVIOURS, 1);
    if (meant === undefined) return value;
    return refuse(context, `${value} is not a standard behaviour`, `did you mean ${meant}?`);
  })
  .meta({ type: 'string', minLength: 1 });

/** One behaviour or several. */
export const behaviours = z
  .unknown()
  .transform((value): unknown[] => (Array.isArray(value) ? value : [value]))
  .pipe(z.array(behaviour).min(1))
  .meta({ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] });

/** The name of a stage. Any is taken while none is known: stages.yaml has its own faults then. */
export function stageIn(known: ReadonlySet<string>) {
  return nameIn('stage', known);
}

/** The name of a stage, or several. */
export function stagesIn(known: ReadonlySet<string>) {
  return z
    .unknown()
    .transform((value): unknown[] => (Array.isArray(value) ? value : [value]))
    .pipe(z.array(stageIn(known)).min(1))
    .meta({ anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1 }] });
}

/** One of the known names; any while none is known. */
export function nameIn(kind: string, known: ReadonlySet<string>) {
  return z
    .unknown()
    .transform((value, context) => {
      const list = known.size === 0 ? `write the name of a ${kind}` : `known: ${[...known].join(', ')}`;
      if (typeof value !== 'string' || value === '') {
        return refuse(context, value === undefined ? MISSING : `{} is ${show(value)}, not a ${kind}`, list);
      }
      if (known.size === 0 || known.has(value)) return value;
      const meant = nearest(value, known, tolerance(value));
      return refuse(context, `there is no ${kind} ${value}`, meant === undefined ? list : `did you mean ${meant}?`);
    })
    .meta({ type: 'string' });
}

export const mailAddress = z
  .unknown()
  .transform((value, context) => {
    if (typeof value === 'string' && /^[^\s@]+@[^\s@]+$/.test(value)) return value;
    const problem = value === undefined ? MISSING : `{} is ${show(value)}, not a mail address`;
    return refuse(context, problem, 'write an address like ada@example.com');
  })
  .meta({ type: 'string', pattern: '^[^\\s@]+@[^\\s@]+$' });

/** A length of time in ms; `least` 0 allows none. */
function duration(least: 0 | 1, most: number, word?: string) {
  return z
    .unknown()
    .transform((value, context) => {
      if (word !== undefined && value === word) return Number.POSITIVE_INFINITY;
      const ms = typeof value === 'string' ? parseDuration(value) : undefined;
      if (ms !== undefined && ms >= least && ms <= most) return ms;
      if (ms !== undefined && ms > most)
        return refuse(context, '{} is longer than an activity counts', 'write at most 400d');
      const problem =
        value === undefined
          ? MISSING
          : typeof value === 'string' && /^-\s?\d/.test(value)
            ? `{} is negative: ${value}`
            : `{} is ${show(value)}, not a ${least === 0 ? '' : 'positive '}duration`;
      const or = word === undefined ? '' : `, or ${word}`;
      return refuse(context, problem, `write a number with its unit, like 30d, 24h or 90m${or}`);
    })
    .meta({ type: 'string', pattern: `^(\\d+(\\.\\d+)? ?[smhdw]${word === undefined ? '' : `|${word}`})$` });
}

export const span = duration(1, COUNTS_FOR);
export const delay = duration(0, Number.MAX_SAFE_INTEGER);
export const patience = duration(1, Number.MAX_SAFE_INTEGER);
export const halfLife = duration(1, Number.MAX_SAFE_INTEGER, 'none');
export const pause = duration(0, Number.MAX_SAFE_INTEGER, 'never');

/** A CEL expression over `event`; left out, it always holds. */
export const condition = z
  .unknown()
  .transform((value, context): Condition => {
    if (typeof value !== 'string') {
      return refuse(
        context,
        `{} is ${show(value)}, not a condition`,
        'write it in quotes, like "event.path == \'/pricing\'"',
      );
    }
    const compiled = compileCondition(value);
    return compiled.ok ? compiled : refuse(context, compiled.problem, compiled.remedy, compiled.within);
  })
  .optional()
  .transform(
    (compiled) => compiled ?? { ok: true as const, matches: ALWAYS, reads: [], hints: [], comparisons: [], text: '' },
  )
  .meta({ type: 'string' });

/** A CEL expression over `lead`. */
export const fitCondition = z
  .unknown()
  .transform((value, context) => {
    if (typeof value !== 'string') {
      const problem = value === undefined ? MISSING : `{} is ${show(value)}, not a condition`;
      return refuse(context, problem, 'write it in quotes, like "lead.traits.company_size >= 50"');
    }
    const compiled = compileFitCondition(value);
    return compiled.ok ? compiled : refuse(context, compiled.problem, compiled.remedy, compiled.within);
  })
  .meta({ type: 'string' });

/** The most that a sum of points may be, in either direction. */
export const cap = z
  .unknown()
  .transform((value, context) => {
    if (typeof value === 'number' && value > 0 && Number.isFinite(value)) return value;
    return refuse(context, `{} is ${show(value)}, not a positive number of points`, 'write a number above 0, like 60');
  })
  .meta({ type: 'number', exclusiveMinimum: 0 });

/** Whether a condition was written, or left out. */
export function isGiven({ matches }: Condition): boolean {
  return matches !== ALWAYS;
}

export function refuse(context: z.core.$RefinementCtx, message: string, remedy: string, within = 0): never {
  context.addIssue({ code: 'custom', message, params: { remedy, within }, input: context.value });
  return z.NEVER;
}
