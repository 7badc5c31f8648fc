import avsc from 'avsc';
import { z } from 'zod';
import { invalidSchema } from './answer.ts';

const Reference = z.object({ name: z.string(), subject: z.string(), version: z.int().positive() });

/** What a client posts. `schema` is JSON text; `references` name other subjects' versions whose types it uses. */
const Posted = z.object({
  schema: z.string().min(1),
  schemaType: z.string().nullish(),
  references: z.array(Reference).nullish(),
});

export type Reference = z.infer<typeof Reference>;

export interface Schema {
  /** JSON text without needless white space. */
  readonly schema: string;
  readonly references: readonly Reference[];
}

/** Gives the schema that a reference names; throws RegistryError if there is none. */
export type Referred = (reference: Reference) => Schema;

/** The schema in a request's body. Throws RegistryError 42201 for anything but Avro that can be parsed. */
export function readPosted(body: unknown, referred: Referred): Schema {
  const posted = Posted.safeParse(body);
  if (!posted.success) throw invalidSchema('the body must be {"schema": "<Avro schema as JSON text>"}');
  const { schemaType, references } = posted.data;
  if (schemaType && schemaType !== 'AVRO') throw invalidSchema(`${schemaType} is not known here, only AVRO`);
  const schema: Schema = { schema: JSON.stringify(parseText(posted.data.schema)), references: references ?? [] };
  try {
    typeOf(schema, referred);
  } catch (error) {
    throw invalidSchema(error instanceof Error ? error.message : String(error));
  }
  return schema;
}

/** The avsc type of a schema; the types it refers to come first. Throws what avsc throws. */
export function typeOf(schema: Schema, referred: Referred, known: Record<string, avsc.Type> = {}): avsc.Type {
  for (const reference of schema.references)
    if (known[reference.name] === undefined) typeOf(referred(reference), referred, known);
  return avsc.Type.forSchema(JSON.parse(schema.schema), { registry: known });
}

/** The same for schemas that differ in the order of attributes only: they share their id. */
export function identityOf({ schema, references }: Schema): string {
  return JSON.stringify([sorted(JSON.parse(schema)), references]);
}

function parseText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalidSchema('it is not JSON');
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]));
}
