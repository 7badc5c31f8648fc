import type { LeadEvent } from '#schemas/generated/records';
import type { EventMessage } from '#schemas/topics';
import type { Reported } from '#test/oracle/reported';

/** Events of lead.events as the oracle takes them, each once. */
export function reportedOf(messages: readonly EventMessage[]): readonly Reported[] {
  const events = messages.flatMap((message) => (message.type === 'LeadEvent' ? [read(message.value)] : []));
  return [...new Map(events.map((event) => [JSON.stringify([event.source, event.id]), event])).values()];
}

function read(event: LeadEvent): Reported {
  const { personal } = event;
  const properties = JSON.parse(event.properties);
  return {
    source: event.publisher,
    id: event.event_id,
    name: event.name,
    at: event.occurred_at,
    user: personal.user_id,
    email: personal.email,
    device: personal.anonymous_id,
    previous: properties.previous_id ?? null,
    traits: JSON.parse(personal.traits),
    properties,
    path: event.path,
    campaignSource: event.source,
    campaignMedium: event.medium,
    campaignName: event.campaign,
    agent: personal.user_agent,
  };
}
