import { createStamp } from '#lib/agents/stamps';
import { NOBODY } from '#lib/facts/facts';
import type { Activity } from '#schemas/generated/records';

/** Noon of 1 March 2024, UTC. */
export const NOON = Date.UTC(2024, 2, 1, 12);

export { NOBODY } from '#lib/facts/facts';

const stamp = createStamp();

/**
 * What a visitor called ada did, live: by default a page view at noon. Received and logged when it occurred, and stamped under a
 * model without networks of its own, unless told otherwise.
 */
export function activity(over: Partial<Activity> = {}): Activity {
  const { name = 'page_viewed', personal = NOBODY } = over;
  const occurredAt = over.occurred_at ?? NOON;
  return {
    seq: 1,
    logged_at: occurredAt,
    lead_id: 'ada',
    known: false,
    event_id: 'e1',
    publisher: 'site',
    name,
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
    historic: false,
    ...stamp({ name, personal }, undefined),
    personal,
    ...over,
  };
}
