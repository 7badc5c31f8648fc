import { isDeepStrictEqual } from 'node:util';
import type { TableReader } from '#lib/flow/store';

const FIRST = '';
const LAST = '\u{10ffff}';

/**
 * Where two tables of a task differ. Left out is what depends on how a run was cut into batches: the index of wake-ups,
 * which is held against the leads instead.
 */
export function tableDifference(stored: TableReader, recomputed: TableReader): string | undefined {
  const theirs = new Map(stored.range(FIRST, LAST));
  const ours = new Map(recomputed.range(FIRST, LAST));
  for (const key of new Set([...theirs.keys(), ...ours.keys()])) {
    if (key.startsWith('w.') || key === 'version:') continue;
    const their = withoutIndex(theirs.get(key));
    const our = withoutIndex(ours.get(key));
    if (!isDeepStrictEqual(their, our)) return `${key} is ${JSON.stringify(their)}, not ${JSON.stringify(our)}`;
  }
  return undefined;
}

/** A lead whose wake-up no index entry announces in time; undefined: none. */
export function lostWakeUp(table: TableReader, levels: number): string | undefined {
  for (let level = 0; level < levels; level++) {
    const announced = new Set(Array.from(table.range(`w.${level}:`, `w.${level};`), ([key]) => key));
    for (const [key, value] of table.range(`s${level}:`, `s${level};`)) {
      const { wakeAt, indexedAt } = value as { readonly wakeAt?: number; readonly indexedAt?: number };
      if (wakeAt === undefined) continue;
      const entry = `w.${level}:${String(indexedAt).padStart(15, '0')}.${key.slice(key.indexOf(':') + 1)}`;
      if (indexedAt === undefined || indexedAt > wakeAt || !announced.has(entry)) return `${key} is not woken`;
    }
  }
  return undefined;
}

function withoutIndex(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('indexedAt' in value)) return value;
  return { ...value, indexedAt: undefined };
}
