import { sha256 } from '#lib/hash/sha256';
import type { LeadEvent, Personal } from '#schemas/generated/records';
import type { EventMessage } from '#schemas/topics';

export const DAY = 86_400_000;
export const HOUR = 3_600_000;
/** 2026-01-01T00:00:00Z */
export const T0 = Date.UTC(2026, 0, 1);
/** The present of a run whose events bring their own time: long after any history of the tests. */
export const AFTERWARDS = Date.UTC(2126, 0, 1);

export type Told = Partial<Omit<LeadEvent, 'personal' | 'properties'>> & {
  readonly user?: string;
  readonly email?: string;
  readonly device?: string;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly user_agent?: string;
  readonly ip?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
};

let told = 0;

/** An event as collect writes it: received when it occurred, unless told otherwise. */
export function event(said: Told): EventMessage {
  const { user, email, device, traits = {}, user_agent, ip, properties = {}, ...fields } = said;
  const occurred_at = fields.occurred_at ?? T0;
  const personal: Personal = {
    user_id: user ?? null,
    email: email ?? null,
    anonymous_id: device ?? null,
    traits: JSON.stringify(traits),
    ip: ip ?? null,
    user_agent: user_agent ?? null,
  };
  const value: LeadEvent = {
    event_id: `event-${told++}`,
    publisher: 'test',
    name: 'page_viewed',
    occurred_at,
    received_at: occurred_at,
    clamped: false,
    content_hash: '',
    import_id: null,
    own_time: false,
    url: null,
    path: null,
    referrer: null,
    title: null,
    source: null,
    medium: null,
    campaign: null,
    context: '{}',
    ...fields,
    properties: JSON.stringify(properties),
    personal,
  };
  return { type: 'LeadEvent', value: { ...value, content_hash: value.content_hash || sha256(JSON.stringify(value)) } };
}
