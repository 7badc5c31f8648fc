import type { Occurrence } from '#services/trigger/state';

/** The most that are remembered in one list, however busy the lead. */
export const MOST_OCCURRENCES = 100;

type Occurrences = readonly Occurrence[];

/** How an activity is told apart: event ids are unique only within their publisher. */
export function occurrenceId(event: { readonly publisher: string; readonly event_id: string }): string {
  return `${event.publisher}/${event.event_id}`;
}

/** Adds one, or replaces it where it is there already. */
export function withOccurrence<One extends Occurrence>(list: readonly One[], occurrence: One): readonly One[] {
  return [...withoutOccurrence(list, occurrence.id), occurrence].sort(
    (a, b) => a.occurredAt - b.occurredAt || (a.id < b.id ? -1 : 1),
  );
}

/** The same list if the id is not in it. */
export function withoutOccurrence<One extends Occurrence>(list: readonly One[], id: string): readonly One[] {
  return list.some((one) => one.id === id) ? list.filter((one) => one.id !== id) : list;
}

/** How many occurred from `within` ms before `at` up to and including `at`. */
export function countWithin(list: Occurrences, at: number, within: number): number {
  return list.filter((one) => one.occurredAt <= at && at - one.occurredAt <= within).length;
}

/** Leaves out what occurred over `span` ms before the newest, and all but the newest `most`. */
export function newest(list: Occurrences, span: number, most: number): Occurrences {
  const last = list.at(-1)?.occurredAt ?? 0;
  return list.filter((one) => last - one.occurredAt <= span).slice(-most);
}
