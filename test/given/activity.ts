import { NOBODY, UNSTAMPED } from '#lib/facts/facts';
import type { Activity } from '#schemas/generated/records';

/** Noon of 1 March 2024, UTC. */
export const NOON = Date.UTC(2024, 2, 1, 12);

export { NOBODY } from '#lib/facts/facts';

/** What a visitor called ada did, live: by default a page view at noon. Received and logged when it occurred, unless told otherwise. */
export function activity(over: Partial<Activity> = {}): Activity {
  const occurredAt = over.occurred_at ?? NOON;
  return {
    seq: 1,
    logged_at: occurredAt,
    lead_id: 'ada',
    known: false,
    event_id: 'e1',
    publisher: 'site',
    name: 'page_viewed',
    occurred_at: occurredAt,
    received_at: occurredAt,
    cause: 'live',
    clamped: false,
    identifiers: [],
    content_hash: '',
    input_offset: 0,
    url: null,
    path: null,
    referrer: null,
    title: null,
    source: null,
    medium: null,
    campaign: null,
    properties: '{}',
    context: '{}',
    ...UNSTAMPED,
    personal: NOBODY,
    ...over,
  };
}
