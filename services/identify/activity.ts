import type { Stamps } from '#lib/agents/port';
import type { Activity, LeadEvent } from '#schemas/generated/records';

/** What an event itself tells, whoever owns it. */
export type Told = Omit<LeadEvent, 'import_id' | 'own_time'>;

/** What is told of an event once, when it is first logged, and stays whoever owns it later. */
export type Stamped = Stamps & Pick<Activity, 'historic'>;

/** What identify finds out about it. */
export type Found = Pick<Activity, 'lead_id' | 'known' | 'cause' | 'identifiers'>;

/** Its place in the log of activities. */
export type Place = Pick<Activity, 'seq' | 'logged_at' | 'input_offset'>;

export function activityOf(told: Told, stamped: Stamped, found: Found, place: Place): Activity {
  return {
    seq: place.seq,
    logged_at: place.logged_at,
    lead_id: found.lead_id,
    known: found.known,
    event_id: told.event_id,
    publisher: told.publisher,
    name: told.name,
    occurred_at: told.occurred_at,
    received_at: told.received_at,
    cause: found.cause,
    clamped: told.clamped,
    identifiers: found.identifiers,
    content_hash: told.content_hash,
    input_offset: place.input_offset,
    url: told.url,
    path: told.path,
    referrer: told.referrer,
    title: told.title,
    source: told.source,
    medium: told.medium,
    campaign: told.campaign,
    properties: told.properties,
    context: told.context,
    historic: stamped.historic,
    agent: stamped.agent,
    network: stamped.network,
    mail_domain: stamped.mail_domain,
    lists: stamped.lists,
    personal: told.personal,
  };
}
