import { COMPATIBILITY, type SchemaRegistry, SchemaType } from '@kafkajs/confluent-schema-registry';
import type { ProducerRecord } from 'kafkajs';
import { TOPICS } from '#schemas/topics';

const optional = (name: string) => ({ name, type: ['null', 'string'], default: null });

/** What a publisher in another language says of an event: what is needed, and little more. */
const ITS_SCHEMA = {
  type: 'record',
  name: 'LeadEvent',
  namespace: 'leadstream',
  fields: [
    { name: 'event_id', type: 'string' },
    { name: 'publisher', type: 'string' },
    { name: 'name', type: 'string' },
    { name: 'occurred_at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'received_at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    optional('path'),
    { name: 'personal', type: { type: 'record', name: 'Personal', fields: [optional('user_id')] } },
  ],
};

/** With these a lead becomes an MQL. */
export const MQL = ['subscribed', 'trial_started', 'appointment_scheduled'];

/** Events of a person as records for lead.events, in that schema. */
export async function eventsOf(
  { registry, prefix }: { readonly registry: SchemaRegistry; readonly prefix: string },
  user_id: string,
  ...names: readonly string[]
): Promise<ProducerRecord> {
  const subject = `${prefix}${TOPICS.events}-leadstream.LeadEvent`;
  const { id } = await registry.register(
    { type: SchemaType.AVRO, schema: JSON.stringify(ITS_SCHEMA) },
    { subject, compatibility: COMPATIBILITY.BACKWARD_TRANSITIVE },
  );
  const messages = names.map(async (name) => {
    const now = Date.now();
    const event = { event_id: `${user_id} ${name}`, publisher: 'crm', name, occurred_at: now, received_at: now };
    return { partition: 0, value: await registry.encode(id, { ...event, path: null, personal: { user_id } }) };
  });
  return { topic: `${prefix}${TOPICS.events}`, messages: await Promise.all(messages) };
}
