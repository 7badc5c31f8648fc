import type { Type } from 'avsc';
import { z } from 'zod';

/** https://docs.confluent.io/platform/current/schema-registry/fundamentals/schema-evolution.html#compatibility-types */
export const Level = z.enum([
  'NONE',
  'BACKWARD',
  'BACKWARD_TRANSITIVE',
  'FORWARD',
  'FORWARD_TRANSITIVE',
  'FULL',
  'FULL_TRANSITIVE',
]);
export type Level = z.infer<typeof Level>;

/** Of a registry that nobody has configured. */
export const DEFAULT_LEVEL: Level = 'BACKWARD';

/**
 * Why a new schema may not follow older ones (oldest first); empty if it may. BACKWARD: the new one reads what the older
 * wrote; FORWARD: the older read what the new one writes; FULL: both. Only the newest of the older ones counts unless the
 * level is transitive.
 */
export function breaches(level: Level, next: Type, older: readonly Type[]): readonly string[] {
  const [direction, transitive] = level.split('_');
  const against = transitive === undefined ? older.slice(-1) : older;
  return against.flatMap((old) => [
    ...(direction === 'BACKWARD' || direction === 'FULL' ? unreadable(next, old, 'the new schema', 'the old one') : []),
    ...(direction === 'FORWARD' || direction === 'FULL' ? unreadable(old, next, 'the old schema', 'the new one') : []),
  ]);
}

function unreadable(reader: Type, writer: Type, readerName: string, writerName: string): string[] {
  try {
    reader.createResolver(writer);
    return [];
  } catch (error) {
    return [`${readerName} cannot read what ${writerName} wrote: ${error instanceof Error ? error.message : error}`];
  }
}
