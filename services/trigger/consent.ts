import type { Activity } from '#schemas/generated/records';
import { MOST_OCCURRENCES, occurrenceId, withOccurrence } from '#services/trigger/occurrences';
import type { Occurrence } from '#services/trigger/state';

export const UNSUBSCRIBED = 'unsubscribed';
const SUBSCRIBED = 'subscribed';

/** An unsubscribe stands until the lead subscribes again at a later time of its own; moved ones count as well. */
export function withConsent(optOuts: readonly Occurrence[], activity: Activity): readonly Occurrence[] {
  if (activity.name === UNSUBSCRIBED) {
    const optOut = { id: occurrenceId(activity), occurredAt: activity.occurred_at };
    return withOccurrence(optOuts, optOut).slice(-MOST_OCCURRENCES);
  }
  if (activity.name === SUBSCRIBED && optOuts.length > 0) {
    return optOuts.filter((optOut) => optOut.occurredAt >= activity.occurred_at);
  }
  return optOuts;
}
