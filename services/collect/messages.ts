import type { Outgoing } from '#lib/flow/log';
import type { DeadLetter, LeadEvent } from '#schemas/generated/records';
import { type DeadLetterMessage, type EventMessage, TOPICS } from '#schemas/topics';

/** One shard: all that comes in goes to partition 0 of lead.events, in the order of receipt. */
export function toEvents(message: EventMessage): Outgoing<EventMessage> {
  return { topic: TOPICS.events, partition: 0, key: null, value: message };
}

export function eventRecord(event: LeadEvent): Outgoing<EventMessage> {
  return toEvents({ type: 'LeadEvent', value: event });
}

export function deadLetterRecord(letter: DeadLetter): Outgoing<DeadLetterMessage> {
  return { topic: TOPICS.deadLetters, partition: 0, key: null, value: { type: 'DeadLetter', value: letter } };
}
