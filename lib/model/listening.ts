import { compileCondition } from '#lib/model/condition';
import { listAt, valueAt } from '#lib/model/entries';
import { compileFitCondition } from '#lib/model/fit-condition';
import type { ModelFiles } from '#lib/model/model';
import { openSource, type Path, type Source } from '#lib/model/source';
import { BEHAVIOURS } from '#schemas/generated/behaviours';
import { PROPERTY_TYPES } from '#schemas/generated/property-types';

/** Something that a model waits for and no schema promises: a custom behaviour, a property of one's own, or a trait. */
export type Awaited =
  | { readonly kind: 'behaviour'; readonly name: string; readonly file: string; readonly line: number }
  | {
      readonly kind: 'property';
      readonly behaviour: string;
      readonly name: string;
      readonly file: string;
      readonly line: number;
    }
  | { readonly kind: 'trait'; readonly name: string; readonly file: string; readonly line: number };

/**
 * What the files of a model without faults wait for, with where they say so. Standard behaviours and their declared properties are
 * left out: that none has come yet is no mistake of the model. So are behaviours that `not_own` lists: whoever names one twice, means
 * it.
 */
export function awaitedBy(files: ModelFiles): readonly Awaited[] {
  const sources = Object.keys(files)
    .sort()
    .flatMap((file) => openSource(file, files[file] ?? '', []) ?? []);
  const notOwn = new Set(sources.flatMap(({ data }) => listAt(data, 'not_own')));
  return sources.flatMap(awaitedIn).filter(({ kind, name }) => kind !== 'behaviour' || !notOwn.has(name));
}

function awaitedIn(source: Source): Awaited[] {
  const { data } = source;
  const rules = listAt(data, 'rules').flatMap((rule, index) => ofEvent(source, ['rules', index], rule));
  const moves = listAt(data, 'moves').flatMap((move, index) =>
    ofEvent(source, ['moves', index, 'when'], valueAt(move, 'when')),
  );
  const entry = ofEvent(source, ['enter'], valueAt(data, 'enter'));
  const exits = listAt(data, 'exit_on').flatMap((name, index) => behaviour(source, ['exit_on', index], name));
  const fit = listAt(valueAt(data, 'grade'), 'rules').flatMap((rule, index) =>
    ofLead(source, ['grade', 'rules', index, 'where'], valueAt(rule, 'where')),
  );
  return [...rules, ...moves, ...entry, ...exits, ...fit];
}

/** `on`, `where`, `once_per` and `unless` of a rule, a move's condition or a program's entry. */
function ofEvent(source: Source, path: Path, asking: unknown): Awaited[] {
  const on = valueAt(asking, 'on');
  const names = textsIn(on);
  const unless = valueAt(asking, 'unless');
  const where = valueAt(asking, 'where');
  const condition = typeof where === 'string' ? compileCondition(where) : undefined;
  const properties = [
    ...(condition?.ok === true ? condition.reads.map((name) => ({ name, at: [...path, 'where'] })) : []),
    { name: valueAt(asking, 'once_per'), at: [...path, 'once_per'] },
    { name: valueAt(unless, 'same'), at: [...path, 'unless', 'same'] },
  ];
  return [
    ...names.flatMap((name) => behaviour(source, [...path, 'on'], name)),
    ...textsIn(valueAt(unless, 'on')).flatMap((name) => behaviour(source, [...path, 'unless', 'on'], name)),
    ...names.flatMap((name) => properties.flatMap((one) => property(source, one.at, name, one.name))),
  ];
}

/** A text or several. */
function textsIn(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : [value]).filter((name) => typeof name === 'string');
}

function ofLead(source: Source, path: Path, where: unknown): Awaited[] {
  const condition = typeof where === 'string' ? compileFitCondition(where) : undefined;
  const at = { file: source.file, line: source.lineOf(path) };
  return condition?.ok === true ? condition.traits.map((name) => ({ kind: 'trait' as const, name, ...at })) : [];
}

function behaviour(source: Source, path: Path, name: unknown): Awaited[] {
  if (typeof name !== 'string' || BEHAVIOURS.includes(name)) return [];
  return [{ kind: 'behaviour', name, file: source.file, line: source.lineOf(path) }];
}

function property(source: Source, path: Path, of: string, name: unknown): Awaited[] {
  if (typeof name !== 'string' || PROPERTY_TYPES[of]?.[name] !== undefined) return [];
  return [{ kind: 'property', behaviour: of, name, file: source.file, line: source.lineOf(path) }];
}
