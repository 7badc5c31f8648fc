import { z } from 'zod';
import { valueAt } from '#lib/model/entries';
import { identifier, refuse } from '#lib/model/fields';
import { type Examples, MISSING, read } from '#lib/model/issues';
import type { ModelFault } from '#lib/model/model';
import { openSource, type Path, type Source } from '#lib/model/source';
import { nearest, tolerance } from '#lib/model/spelling';
import { BEHAVIOURS } from '#schemas/generated/behaviours';
import type { ListedSource } from '#services/collect/source';
import { isSourceKind, SOURCE_KINDS } from '#services/collect/source-kinds';

/** Where keys are that do not stand in the file itself. */
export interface Secrets {
  /** The value of a variable; undefined if it is not set, or empty. */
  variable(name: string): string | undefined;
  /** The text of a file, named from the folder of sources.yaml; undefined if it cannot be read. */
  file(path: string): string | undefined;
}

export type SourcesOutcome =
  | { readonly ok: true; readonly sources: readonly ListedSource[] }
  | { readonly ok: false; readonly faults: readonly ModelFault[] };

/** One text, or a list of texts. No fault shows what was written: it may be a key. */
const texts = z
  .unknown()
  .transform((value, context): readonly string[] => {
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    const isText = (one: unknown): one is string => typeof one === 'string' && one.trim() !== '';
    if (list.every(isText)) return list.map((one) => one.trim());
    return refuse(context, '{} holds something that is no text', 'write texts, in quotes: ["…", "…"]');
  })
  .optional();

/** A kind of source, or a behaviour. */
const permission = (kinds: readonly string[]) =>
  z.unknown().transform((value, context) => {
    const example =
      kinds.length === 0 ? 'write a name like page_viewed' : `write one of ${kinds.join(', ')}, or behaviours`;
    if (value === undefined) return refuse(context, MISSING, example);
    if (typeof value !== 'string' || value.trim() === '')
      return refuse(context, '{} holds something that is no text', example);
    const name = value.trim();
    const known = [...kinds, ...BEHAVIOURS];
    const meant = known.includes(name) ? undefined : nearest(name, known, Math.min(1, tolerance(name)));
    if (meant !== undefined) return refuse(context, `there is no ${name}`, `did you mean ${meant}?`);
    if (kinds.length === 0 && isSourceKind(name)) {
      return refuse(context, `${name} is a kind of source, not a behaviour`, 'write names like page_viewed');
    }
    return name;
  });

const permissions = (kinds: readonly string[]) =>
  z
    .unknown()
    .transform((value): unknown[] => (Array.isArray(value) ? value : [value]))
    .pipe(z.array(permission(kinds)).min(1));

const sourceSchema = z.strictObject({
  name: identifier,
  keys: texts,
  key_files: texts,
  may: permissions(Object.keys(SOURCE_KINDS)),
  may_not: permissions([]).optional(),
});

const fileSchema = z.strictObject({ sources: z.array(z.unknown()).min(1) });

const EXAMPLES: Examples = {
  sources: `sources: [{ name: website, keys: ["\${WEBSITE_KEY}"], may: website }]`,
  name: 'name: website',
};

/** Reads the text of a sources.yaml; all faults at once, each with line and remedy, none with a key in it. */
export function readSourcesFile(file: string, text: string, secrets: Secrets): SourcesOutcome {
  const faults: ModelFault[] = [];
  const source = openSource(file, text, faults);
  const sources = source === undefined ? [] : sourcesIn(source, secrets);
  return faults.length > 0 ? { ok: false, faults: faults.sort((a, b) => a.line - b.line) } : { ok: true, sources };
}

function sourcesIn(file: Source, secrets: Secrets): readonly ListedSource[] {
  const whole = read(file, [], file.data ?? {}, fileSchema, EXAMPLES);
  const names = new Map<string, Path>();
  const owners = new Map<string, Path>();
  return (whole?.sources ?? []).flatMap((entry, index) => {
    const path = ['sources', index];
    const one = read(file, path, entry, sourceSchema, EXAMPLES);
    if (one === undefined) return [];
    once(file, names, one.name, [...path, 'name'], `the source ${one.name}`, 'give each its own name');
    const keys = [...keysIn(file, [...path, 'keys'], one.keys ?? [], secrets)];
    keys.push(...filesIn(file, [...path, 'key_files'], one.key_files ?? [], secrets));
    for (const { key, at } of keys) once(file, owners, key, at, 'this key', 'give each source a key of its own');
    return [{ name: one.name, keys: keys.map(({ key }) => key), may: one.may, mayNot: one.may_not ?? [] }];
  });
}

interface Key {
  readonly key: string;
  readonly at: Path;
}

const VARIABLE = /^\$\{([A-Za-z_][A-Za-z0-9_]*)\}$/;

function keysIn(file: Source, path: Path, written: readonly string[], secrets: Secrets): readonly Key[] {
  return written.flatMap((text, index) => {
    const at = Array.isArray(valueIn(file, path)) ? [...path, index] : path;
    const [, variable] = VARIABLE.exec(text) ?? [];
    if (variable === undefined) {
      if (!text.includes('${')) return sendable(file, text, at);
      file.report(at, 'a key names a variable within other text', `write "\${NAME}" alone, or the key itself`);
      return [];
    }
    const key = secrets.variable(variable)?.trim();
    if (key !== undefined && key !== '') return sendable(file, key, at);
    file.report(at, `the variable ${variable} is not set`, `set ${variable} to the key, or write the key here`);
    return [];
  });
}

function filesIn(file: Source, path: Path, written: readonly string[], secrets: Secrets): readonly Key[] {
  return written.flatMap((name, index) => {
    const at = Array.isArray(valueIn(file, path)) ? [...path, index] : path;
    const key = secrets.file(name)?.trim();
    if (key !== undefined && key !== '') return sendable(file, key, at);
    file.report(at, `there is no key in the file ${name}`, 'name a file that holds the key and nothing else');
    return [];
  });
}

function valueIn(file: Source, path: Path): unknown {
  let value = file.data;
  for (const part of path) value = valueAt(value, String(part));
  return value;
}

/** HTTP basic authentication cannot carry every text as a user. */
function sendable(file: Source, key: string, at: Path): readonly Key[] {
  if (/^[!-9;-~]+$/.test(key)) return [{ key, at }];
  file.report(at, 'the key has blanks, colons or letters beyond ASCII', 'take a key of letters, digits, - and _');
  return [];
}

function once(file: Source, seen: Map<string, Path>, text: string, at: Path, what: string, remedy: string): void {
  const twin = seen.get(text);
  if (twin === undefined) seen.set(text, at);
  else file.report(at, `${what} is there twice, first in line ${file.lineOf(twin)}`, remedy);
}
