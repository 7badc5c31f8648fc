import type { EventMessage } from '#schemas/topics';

/**
 * Records that bring their own time, from the beginning of their import on. Its id is that of their events; if those bear none,
 * they count as live. Their end is the caller's.
 */
export function inOwnTime(messages: readonly EventMessage[]): readonly EventMessage[] {
  const [first] = messages;
  if (first === undefined) return [];
  const importId = messages.flatMap(({ type, value }) => (type === 'LeadEvent' ? [value.import_id] : []))[0] ?? null;
  const begun = { import_id: importId ?? '', received_at: first.value.received_at };
  return [{ type: 'ImportBegun', value: begun }, ...messages.map((message) => ofImport(message, importId))];
}

function ofImport(message: EventMessage, importId: string | null): EventMessage {
  switch (message.type) {
    case 'LeadEvent':
      return { type: 'LeadEvent', value: { ...message.value, own_time: true, import_id: importId } };
    case 'ModelSubmitted':
      return { type: 'ModelSubmitted', value: { ...message.value, own_time: true, import_id: importId } };
    case 'ImportFinished':
      return { type: 'ImportFinished', value: { ...message.value, own_time: true, import_id: importId ?? '' } };
    case 'ImportBegun':
      return message;
  }
}
