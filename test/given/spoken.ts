import type { LeadEvent } from '#schemas/generated/records';
import { event, type Told } from '#test/given/event';

export interface LeadEventMessage {
  readonly type: 'LeadEvent';
  readonly value: LeadEvent;
}

type Spoken = Told & {
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly user_agent?: string;
};

/** An event as collect writes it that says something of the person, too. */
export function spoken({ traits = {}, user_agent, ...told }: Spoken): LeadEventMessage {
  const { type, value } = event(told);
  if (type !== 'LeadEvent') throw new Error('an event is a LeadEvent');
  const personal = { ...value.personal, traits: JSON.stringify(traits), user_agent: user_agent ?? null };
  return { type, value: { ...value, content_hash: `content of ${value.publisher} ${value.event_id}`, personal } };
}
