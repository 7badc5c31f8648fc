import fc from 'fast-check';
import type { EventMessage } from '#schemas/topics';
import { readable } from '#test/given/batch/readable';
import { JUNK } from '#test/given/identity-history';

/** A history as it comes in: in some order, some of it again. Each is received when the latest so far occurred. */
export function arrivals(history: readonly EventMessage[]): fc.Arbitrary<readonly EventMessage[]> {
  const inTime = history.toSorted((a, b) => occurredAt(a) - occurredAt(b));
  const order = fc.oneof(
    { weight: 1, arbitrary: fc.constant(inTime) },
    { weight: 3, arbitrary: fc.shuffledSubarray([...history], { minLength: history.length }) },
  );
  const again = fc.array(fc.tuple(fc.nat(history.length - 1), fc.nat(history.length - 1)), { maxLength: 4 });
  return fc.tuple(order, again).map(([first, repeats]) => {
    const all = [...first];
    for (const [from, later] of repeats) {
      const repeated = all[from];
      if (repeated !== undefined) all.splice(Math.max(from, later) + 1, 0, repeated);
    }
    return readable(received(all));
  });
}

/** The same of people of other names, so much later, ms. */
export function ofTheirOwn(history: readonly EventMessage[], name: string, later: number): readonly EventMessage[] {
  const renamed = (id: string | null) => (id === null || JUNK.includes(id) ? id : `${name}${id.trim()}`);
  const changed = history.map((message): EventMessage => {
    if (message.type !== 'LeadEvent') return message;
    const { value } = message;
    const { user_id, email, anonymous_id } = value.personal;
    const { previous_id, ...properties } = JSON.parse(value.properties);
    const previous = previous_id === undefined ? {} : { previous_id: renamed(previous_id) };
    const ids = { user_id: renamed(user_id), email: renamed(email), anonymous_id: renamed(anonymous_id) };
    return {
      type: 'LeadEvent',
      value: {
        ...value,
        event_id: `${name}${value.event_id}`,
        occurred_at: value.occurred_at + later,
        received_at: value.received_at + later,
        properties: JSON.stringify({ ...properties, ...previous }),
        personal: { ...value.personal, ...ids },
      },
    };
  });
  return readable(changed);
}

function received(events: readonly EventMessage[]): readonly EventMessage[] {
  let now = 0;
  return events.map((message) => {
    now = Math.max(now, occurredAt(message));
    return { ...message, value: { ...message.value, received_at: now } } as EventMessage;
  });
}

function occurredAt(message: EventMessage): number {
  return message.type === 'LeadEvent' ? message.value.occurred_at : message.value.received_at;
}
