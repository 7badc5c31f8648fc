import type { TestEvent } from '#app/check/test-file';
import { createStamp } from '#lib/agents/stamps';
import type { Model } from '#lib/model/model';
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

const stamp = createStamp();

/** Pseudonyms of a test need not be hashed. */
const DEVICE = 'anonymous.device';

/** The activities of a test's lead as the log would have them under a model, in the order in which they were reported. */
export function activitiesOf(events: readonly TestEvent[], model: Model): readonly Activity[] {
  return [...events].sort((a, b) => a.at + a.late - b.at - b.late).map((told, index) => activityOf(told, index, model));
}

function activityOf(told: TestEvent, index: number, model: Model): Activity {
  const { at, late, event, known, texts, properties } = told;
  const time = BEGINNING + at;
  const reported = time + late;
  const { url = null, path = pathOf(url), referrer = null, title = null } = texts;
  const { source = null, medium = null, campaign = null } = texts;
  const personal = personalOf(told);
  return {
    seq: index + 1,
    logged_at: reported,
    lead_id: 'lead',
    known,
    event_id: `event-${index + 1}`,
    publisher: 'test',
    name: event,
    occurred_at: time,
    received_at: reported,
    cause: 'live',
    clamped: false,
    identifiers: personal.email === null ? [DEVICE] : [`email.${personal.email}`, DEVICE],
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
    historic: false,
    ...stamp({ name: event, personal }, model),
    personal,
  };
}

function personalOf({ known, email, traits, user_agent, ip }: TestEvent): Personal {
  const before = known ? LEAD : ANONYMOUS;
  return {
    ...before,
    email: email?.trim().toLowerCase() ?? before.email,
    traits: JSON.stringify(traits ?? {}),
    user_agent: user_agent ?? null,
    ip: ip ?? null,
  };
}

function pathOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).pathname : null;
}
