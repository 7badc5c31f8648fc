import type { TestEvent } from '#app/check/test-file';
import type { Activity, Personal } from '#schemas/generated/records';

/** When every test begins: 1 January 2024, 00:00 UTC. */
export const BEGINNING = Date.UTC(2024, 0, 1);

const ANONYMOUS: Personal = {
  email: null,
  user_id: null,
  anonymous_id: 'device',
  traits: '{}',
  ip: null,
  user_agent: null,
};

const LEAD: Personal = { ...ANONYMOUS, email: 'lead@example.com' };

/** The activities of a test's lead as the log would have them, each logged when it occurred, in order of time. */
export function activitiesOf(events: readonly TestEvent[]): readonly Activity[] {
  return [...events].sort((a, b) => a.at - b.at).map(activityOf);
}

function activityOf({ at, event, known, texts, properties }: TestEvent, index: number): Activity {
  const time = BEGINNING + at;
  const { url = null, path = pathOf(url), referrer = null, title = null } = texts;
  const { source = null, medium = null, campaign = null } = texts;
  return {
    seq: index + 1,
    logged_at: time,
    lead_id: 'lead',
    known,
    event_id: `event-${index + 1}`,
    publisher: 'test',
    name: event,
    occurred_at: time,
    received_at: time,
    cause: 'live',
    clamped: false,
    identifiers: known ? ['email:lead', 'anonymous:device'] : ['anonymous:device'],
    content_hash: '',
    input_offset: index,
    url,
    path,
    referrer,
    title,
    source,
    medium,
    campaign,
    properties: JSON.stringify(properties),
    context: '{}',
    personal: known ? LEAD : ANONYMOUS,
  };
}

function pathOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).pathname : null;
}
