import { z } from 'zod';
import { DESCRIPTIONS } from '#app/check/describe';
import { testSchema } from '#app/check/test-file';
import { fitRuleSchema, gradeSchema } from '#lib/model/grade';
import { groupSchema } from '#lib/model/groups';
import { identitySchema } from '#lib/model/identity';
import { programSchema, stepSchema } from '#lib/model/program';
import { repSchema, routingSchema } from '#lib/model/routing';
import { ruleSchema } from '#lib/model/rules';
import { scoringSchema } from '#lib/model/scoring';
import { moveSchema, stagesSchema } from '#lib/model/stages';

const ANY: ReadonlySet<string> = new Set();

const list = (entry: z.ZodType) => z.array(entry).min(1);

/** What each kind of file is made of, for editors: names across files are not looked at. */
const FILES: { readonly [kind: string]: z.ZodType } = {
  scoring: scoringSchema.extend({
    groups: z.array(groupSchema).optional(),
    rules: list(ruleSchema(ANY)),
    grade: gradeSchema.extend({ rules: list(fitRuleSchema) }).optional(),
  }),
  stages: stagesSchema.extend({ moves: list(moveSchema(ANY)) }),
  routing: routingSchema(ANY).extend({ reps: list(repSchema) }),
  identity: identitySchema,
  program: programSchema(ANY).extend({ steps: list(stepSchema) }),
  test: z.strictObject({ tests: list(testSchema({ stages: ANY, triggers: ANY })) }),
};

/** JSON Schemas as text, by file name. Throws if a key has no description. */
export function jsonSchemas(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(FILES).map(([kind, schema]) => {
      const written = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
      return [`${kind}.schema.json`, `${JSON.stringify(described(written), null, 2)}\n`];
    }),
  );
}

function described(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(described);
  if (typeof node !== 'object' || node === null) return node;
  const entries = Object.entries(node).map(([key, value]) => [
    key,
    key === 'properties' ? propertiesOf(value) : described(value),
  ]);
  return Object.fromEntries(entries);
}

function propertiesOf(node: object): unknown {
  const entries = Object.entries(node).map(([key, value]) => {
    const description = DESCRIPTIONS[key];
    if (description === undefined) throw new Error(`${key} has no description; add one to app/check/describe.ts`);
    return [key, { description, ...Object(described(value)) }];
  });
  return Object.fromEntries(entries);
}
