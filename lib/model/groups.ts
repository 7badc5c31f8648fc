import { z } from 'zod';
import { listAt, readEntries, valueAt } from '#lib/model/entries';
import { cap, identifier } from '#lib/model/fields';
import type { Source } from '#lib/model/source';

/** A score group of scoring.yaml. */
export const groupSchema = z.strictObject({ id: identifier, cap: cap.optional() });

/** Caps by group, points; Infinity: none. */
export function readGroups(source: Source): ReadonlyMap<string, number> {
  const entries = readEntries(source, 'groups', groupSchema, { id: 'id: mail', cap: 'cap: 60' });
  return new Map(entries.map(({ value }) => [value.id, value.cap ?? Number.POSITIVE_INFINITY]));
}

/** The names of the groups in a scoring.yaml, whatever else is wrong with them. */
export function groupNamesIn(data: unknown): readonly string[] {
  return listAt(data, 'groups')
    .map((group) => valueAt(group, 'id'))
    .filter((id) => typeof id === 'string');
}
