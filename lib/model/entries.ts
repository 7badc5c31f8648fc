import type { z } from 'zod';
import { type Examples, read } from '#lib/model/issues';
import type { Source } from '#lib/model/source';

/** An entry of a list, as its schema wants it, and where it stands. */
export interface Entry<Value> {
  readonly value: Value;
  readonly index: number;
}

/** The entries of the list under `key` that are as they should be; each is judged by itself, so that every fault is found. */
export function readEntries<Schema extends z.ZodType>(
  source: Source,
  key: string,
  schema: Schema,
  examples: Examples,
): readonly Entry<z.output<Schema>>[] {
  const list = listAt(source.data, key);
  reportTwins(source, key, list);
  return list.flatMap((entry, index) => {
    const value = read(source, [key, index], entry, schema, examples);
    return value === undefined ? [] : [{ value, index }];
  });
}

/** The list under a key of a map, or none. */
export function listAt(data: unknown, key: string): readonly unknown[] {
  const list = valueAt(data, key);
  return Array.isArray(list) ? list : [];
}

/** The value under a key of a map. */
export function valueAt(data: unknown, key: string): unknown {
  return typeof data === 'object' && data !== null ? Reflect.get(data, key) : undefined;
}

function reportTwins(source: Source, key: string, list: readonly unknown[]): void {
  const first = new Map<string, number>();
  list.forEach((entry, index) => {
    const id = valueAt(entry, 'id');
    if (typeof id !== 'string') return;
    const twin = first.get(id);
    if (twin === undefined) first.set(id, index);
    else {
      const line = source.lineOf([key, twin, 'id']);
      source.report([key, index, 'id'], `the id ${id} is there twice, first in line ${line}`, 'give each its own id');
    }
  });
}
