import fc from 'fast-check';
import type { EventMessage } from '#schemas/topics';
import { DAY, T0 } from '#test/given/event';

/** Events that a counterexample prints one a line: what, by whom, on which day. */
export function readable(events: readonly EventMessage[]): readonly EventMessage[] {
  return Object.assign([...events], { [fc.toStringMethod]: () => `\n${events.map(lineOf).join('\n')}\n` });
}

function lineOf(message: EventMessage): string {
  if (message.type !== 'LeadEvent') return message.type;
  const { publisher, event_id, name, occurred_at, received_at, properties, personal } = message.value;
  const who = JSON.stringify([personal.user_id, personal.email, personal.anonymous_id]);
  const day = (at: number) => Number(((at - T0) / DAY).toFixed(3));
  const when = `day ${day(occurred_at)}, received ${day(received_at)}`;
  return `  ${publisher} ${event_id} ${name} ${properties} of ${who} ${when}`;
}
