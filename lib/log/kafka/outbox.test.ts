import fc from 'fast-check';
import type { TopicMessages } from 'kafkajs';
import { describe, expect, it } from 'vitest';
import { createCodec } from '#lib/avro/codec';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import type { Outgoing } from '#lib/flow/log';
import { createEncoder, requestsOf, type Sendable } from '#lib/log/kafka/outbox';
import { TOPICS } from '#schemas/topics';
import { event } from '#test/given/event';

const MB = 1024 * 1024;

const sendables: fc.Arbitrary<readonly Sendable[]> = fc.array(
  fc
    .record({
      topic: fc.constantFrom('a', 'b', 'c'),
      partition: fc.nat(2),
      size: fc.oneof({ weight: 9, arbitrary: fc.nat(2_000) }, { weight: 1, arbitrary: fc.nat(MB) }),
    })
    .map(({ topic, partition, size }) => ({ topic, size, message: { partition, key: null, value: Buffer.alloc(0) } })),
  { maxLength: 3000, size: 'max' },
);

function messagesOf(request: readonly TopicMessages[]): number {
  return request.reduce((sum, { messages }) => sum + messages.length, 0);
}

describe('requests', () => {
  it('hold every record once, in the order of its topic, and none is too large for a broker or for kafkajs', () => {
    fc.assert(
      fc.property(sendables, (records) => {
        const requests = requestsOf(records);

        for (const topic of ['a', 'b', 'c']) {
          const sent = requests.flatMap((request) =>
            request.flatMap((part) => (part.topic === topic ? part.messages : [])),
          );
          const written = records.filter((record) => record.topic === topic);
          expect([sent.length, written.every(({ message }, i) => message === sent[i])]).toEqual([written.length, true]);
        }
        const sizes = new Map(records.map(({ message, size }) => [message, size]));
        for (const request of requests) {
          const messages = request.flatMap((part) => part.messages);
          const bytes = messages.reduce((sum, message) => sum + (sizes.get(message) ?? 0), 0);
          expect(messagesOf(request)).toBeGreaterThan(0);
          expect(messagesOf(request)).toBeLessThanOrEqual(1000);
          expect(messages.length === 1 || bytes < MB).toBe(true);
          expect(new Set(request.map(({ topic }) => topic)).size).toBe(request.length);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are none for no records', () => {
    expect(requestsOf([])).toEqual([]);
  });
});

describe('the encoder', () => {
  const codec = createCodec(createRegistry(RECORD_SCHEMAS), RECORD_SCHEMAS);
  const encode = createEncoder(codec, ({ topic }) => `acme.${topic}`);
  const out = (value: unknown, key: string | null = null): Outgoing => ({
    topic: TOPICS.events,
    partition: 0,
    key,
    value,
  });

  it("gives each record its bytes in Confluent's format, the cluster's topic, its partition and key", () => {
    const events = [event({ user: 'ann' }), event({ user: 'bob', name: 'subscribed' })];

    const sent = encode(events.map((value) => out(value, 'ä')));

    expect(sent.map(({ topic }) => topic)).toEqual(['acme.lead.events', 'acme.lead.events']);
    for (const [i, { message, size }] of sent.entries()) {
      expect(message).toMatchObject({ partition: 0, key: Buffer.from('ä') });
      expect(message).not.toHaveProperty('headers');
      expect(Buffer.isBuffer(message.value) && codec.decode(message.value)).toEqual(events[i]);
      expect(size).toBeGreaterThan((message.value?.length ?? 0) + 2);
    }
  });

  it('keeps what it has encoded while the next records are encoded', () => {
    const first = encode([out(event({ user: 'ann' }))]);
    const before = Buffer.from(first[0]?.message.value ?? '');
    encode([out(event({ user: 'somebody else' })), out(event({ user: 'and another' }))]);
    expect(first[0]?.message.value).toEqual(before);
  });

  it('throws before anything is sent for what is no message, or not of its schema', () => {
    expect(() => encode([out({ lead: 1 })])).toThrow('a record for lead.events is no message with a type and a value');
    expect(() => encode([out({ type: 'LeadEvent', value: { event_id: 7 } })])).toThrow();
  });

  it('gives a dead letter the headers of Kafka Connect', () => {
    const letter = {
      dead_letter_id: 'd',
      at: 0,
      reason: 'undecodable',
      detail: 'bad',
      origin: 'lead.events 0 3',
      publisher: '',
      event_id: null,
      original: Buffer.from([1]),
    };
    const [sent] = encode([{ ...out({ type: 'DeadLetter', value: letter }), topic: TOPICS.deadLetters }]);
    expect(sent?.message.headers).toMatchObject({ '__connect.errors.offset': '3' });
  });
});
