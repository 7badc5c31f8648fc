import { z } from 'zod';
import type { Path, Source } from '#lib/model/source';
import { nearest, tolerance } from '#lib/model/spelling';

/** What to write for a key, by the key's name: `points` → `points: 10`. */
export type Examples = { readonly [key: string]: string };

/**
 * The data at `path` as the schema wants it. Everything that is wrong is reported to the source, and the answer is then
 * undefined.
 */
export function read<Schema extends z.ZodType>(
  source: Source,
  path: Path,
  data: unknown,
  schema: Schema,
  examples: Examples,
): z.output<Schema> | undefined {
  const parsed = schema.safeParse(data, { reportInput: true });
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const at = [...path, ...issue.path];
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        source.report([...at, key], `unknown key \`${key}\``, unknownKeyRemedy(key, keysAt(schema, issue.path)));
      }
    } else {
      const { problem, remedy, within } = explain(issue, nameOf(at, source.file), examples);
      source.report(at, problem, remedy, within);
    }
  }
  return undefined;
}

/** What a schema's own check says: the problem as message, and the remedy, with the line inside a block of text. */
export interface Advice {
  readonly remedy: string;
  readonly within?: number;
}

interface Explained extends Advice {
  readonly problem: string;
}

function explain(issue: z.core.$ZodIssue, name: string, examples: Examples): Explained {
  const key = name.replaceAll('`', '');
  const example = examples[key];
  const write = example === undefined ? undefined : `write \`${example}\``;
  if (issue.code === 'custom') {
    const { remedy, within } = adviceOf(issue.params);
    const missing = issue.input === undefined && issue.message === MISSING;
    const problem = missing ? `${name} is missing` : issue.message.replaceAll('{}', name);
    return { problem, remedy: (missing ? write : undefined) ?? remedy, ...(within === undefined ? {} : { within }) };
  }
  if (issue.code === 'invalid_type') {
    const kind = KINDS[issue.expected] ?? issue.expected;
    if (issue.input === undefined) return { problem: `${name} is missing`, remedy: write ?? `give ${kind}` };
    if (issue.input === null) return { problem: `${name} is empty`, remedy: write ?? `give ${kind}` };
    return { problem: `${name} is ${show(issue.input)}, not ${kind}`, remedy: write ?? `give ${kind}` };
  }
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(String);
    const meant = typeof issue.input === 'string' ? nearest(issue.input, values, tolerance(issue.input)) : undefined;
    const problem = issue.input === undefined ? `${name} is missing` : `${name} is ${show(issue.input)}`;
    return { problem, remedy: meant === undefined ? `write one of ${values.join(', ')}` : `did you mean ${meant}?` };
  }
  if (issue.code === 'too_small') {
    const few = Array.isArray(issue.input) && issue.input.length > 0 ? 'has too few entries' : 'is empty';
    const small = typeof issue.input === 'number' ? `is ${issue.input}, less than ${issue.minimum}` : few;
    return { problem: `${name} ${small}`, remedy: write ?? 'list at least one' };
  }
  return { problem: `${name}: ${issue.message}`, remedy: write ?? 'see the README beside the model' };
}

/** Message of a check on a value that must be there and is not. */
export const MISSING = 'missing';

const KINDS: { readonly [expected: string]: string } = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys and values',
};

function nameOf(path: Path, file: string): string {
  const keys = path.filter((part) => typeof part === 'string');
  const last = keys.at(-1);
  if (last === undefined) return `the content of ${file}`;
  return typeof path.at(-1) === 'number' ? `an entry of \`${last}\`` : `\`${last}\``;
}

/** A value as a person wrote it, in short. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'a map';
  if (typeof value === 'string') return `the text "${value}"`;
  return String(value);
}

function unknownKeyRemedy(key: string, known: readonly string[]): string {
  const meant = nearest(key, known, tolerance(key));
  return meant === undefined ? `remove it; known here: ${known.join(', ')}` : `did you mean \`${meant}\`?`;
}

function keysAt(schema: z.ZodType, path: Path): readonly string[] {
  let at: unknown = schema;
  for (const part of path) {
    at = unwrap(at);
    if (at instanceof z.ZodObject) at = at.shape[String(part)];
    else if (at instanceof z.ZodArray) at = at.element;
  }
  at = unwrap(at);
  return at instanceof z.ZodObject ? Object.keys(at.shape) : [];
}

function unwrap(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? unwrap(schema.unwrap()) : schema;
}

function adviceOf(params: unknown): Advice {
  const advice = z.object({ remedy: z.string(), within: z.number().optional() }).safeParse(params);
  if (!advice.success) return { remedy: 'see the README beside the model' };
  const { remedy, within } = advice.data;
  return within === undefined ? { remedy } : { remedy, within };
}
