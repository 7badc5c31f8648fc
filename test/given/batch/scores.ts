import type { LeadEvent } from '#schemas/generated/records';
import type { EventMessage } from '#schemas/topics';
import { keyOf } from '#test/given/batch/named';
import { publishedScore } from '#test/given/published-points';

/** Each owner's scores at some times (ms), from the set of events and their owners alone. An event that came again counts once. */
export function batchScores(
  events: readonly LeadEvent[],
  owners: ReadonlyMap<string, string>,
  times: readonly number[],
): ReadonlyMap<string, readonly number[]> {
  const distinct = [...new Map(events.map((event) => [keyOf(event), event])).values()];
  return new Map(
    [...new Set(owners.values())].map((lead) => {
      const own = distinct.filter((event) => owners.get(keyOf(event)) === lead);
      return [lead, times.map((at) => publishedScore(own, at))];
    }),
  );
}

/** The events among what is published. */
export function eventsOf(history: readonly EventMessage[]): readonly LeadEvent[] {
  return history.flatMap((message) => (message.type === 'LeadEvent' ? [message.value] : []));
}
