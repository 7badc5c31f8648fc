import type { Change, TableReader } from '#lib/flow/store';
import { seenKey } from '#services/identify/state';

/** How many events were let go, in all. */
const COUNT = 'gone:';
const placeKey = (nth: number) => `gone:${nth}`;

/**
 * What events leave behind that are let go: the last `known` of them, over all identifiers, are told from their retries for as
 * long as they are; those before are known no more. `events` as in eventKey.
 */
export function letGo(state: TableReader, events: readonly string[], known: number): readonly Change[] {
  if (events.length === 0) return [];
  const before = (state.get(COUNT) as number | undefined) ?? 0;
  const places = new Map<string, string>();
  const changes: Change[] = [];
  for (const [i, event] of events.entries()) {
    const key = placeKey((before + i) % known);
    const older = places.get(key) ?? (state.get(key) as string | undefined);
    if (older !== undefined) changes.push({ key: seenKey(older), value: undefined });
    places.set(key, event);
  }
  for (const [key, event] of places) changes.push({ key, value: event });
  changes.push({ key: COUNT, value: before + events.length });
  return changes;
}
