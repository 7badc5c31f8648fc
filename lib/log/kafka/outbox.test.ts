import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCodec } from '#lib/avro/codec';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import type { Outgoing } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';
import { batchesOf, createEncoder, roundsOf, type Sendable } from '#lib/log/kafka/outbox';
import { recordSize } from '#lib/log/kafka/wire/record-batch';
import { TOPICS } from '#schemas/topics';
import { event } from '#test/given/event';

const MB = 1024 * 1024;

const PLACES = ['a', 'b'].flatMap((topic) => [0, 1, 2].map((partition) => ({ topic, partition })));
const BYTES = Buffer.alloc(2 * MB);

const sendables: fc.Arbitrary<readonly Sendable[]> = fc.array(
  fc
    .record({
      at: fc.constantFrom(...PLACES),
      size: fc.oneof({ weight: 9, arbitrary: fc.nat(2_000) }, { weight: 1, arbitrary: fc.nat(MB) }),
    })
    .map(({ at, size }) => ({ at, record: { key: null, bytes: BYTES, start: 0, end: size, headers: undefined } })),
  { maxLength: 3000, size: 'max' },
);

describe('batches', () => {
  it('hold every record once, in the order of its partition, and none is too large for a broker', () => {
    fc.assert(
      fc.property(sendables, (records) => {
        const batches = batchesOf(records);

        for (const { topic, partition } of PLACES) {
          const own = batches.filter((batch) => batch.topic === topic && batch.partition === partition);
          const sent = own.flatMap((batch) => batch.records);
          const written = records.filter(({ at }) => at.topic === topic && at.partition === partition);
          expect([sent.length, written.every(({ record }, i) => record === sent[i])]).toEqual([written.length, true]);
        }
        for (const { records: own } of batches) {
          expect(own.length).toBeGreaterThan(0);
          const size = own.reduce((sum, record, place) => sum + recordSize(record, place), 0);
          expect(own.length === 1 || size < MB).toBe(true);
        }
      }),
      { numRuns: 20 },
    );
  });

  it('go out in rounds of one for each partition, in their order', () => {
    fc.assert(
      fc.property(sendables, (records) => {
        const batches = batchesOf(records);
        const rounds = roundsOf(batches);

        for (const round of rounds) {
          expect(new Set(round.map(({ topic, partition }) => `${topic}/${partition}`)).size).toBe(round.length);
        }
        for (const at of PLACES) {
          const isThere = ({ topic, partition }: TopicPartition) => topic === at.topic && partition === at.partition;
          expect(rounds.flat().filter(isThere)).toEqual(batches.filter(isThere));
        }
      }),
      { numRuns: 20 },
    );
  });

  it('are none for no records', () => {
    expect([batchesOf([]), roundsOf([])]).toEqual([[], []]);
  });
});

describe('the encoder', () => {
  const codec = createCodec(createRegistry(RECORD_SCHEMAS), RECORD_SCHEMAS);
  const encode = createEncoder(codec, {
    topicOf: (topic) => `acme.${topic}`,
    placeOf: ({ topic, partition }) => ({ topic: `acme.${topic}`, partition }),
  });
  const out = (value: unknown, key: string | null = null): Outgoing => ({
    topic: TOPICS.events,
    partition: 0,
    key,
    value,
  });

  it("gives each record its bytes in Confluent's format, the cluster's topic, its partition and key", () => {
    const events = [event({ user: 'ann' }), event({ user: 'bob', name: 'subscribed' })];

    const sent = encode(events.map((value) => out(value, 'ä')));

    expect(sent.map(({ at }) => at)).toEqual(Array(2).fill({ topic: 'acme.lead.events', partition: 0 }));
    expect(sent[0]?.at).toBe(sent[1]?.at);
    for (const [i, { record }] of sent.entries()) {
      expect(record).toMatchObject({ key: 'ä', headers: undefined });
      expect(codec.decode(record.bytes.subarray(record.start, record.end))).toEqual(events[i]);
    }
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
    expect(sent?.record.headers).toMatchObject({ '__connect.errors.offset': '3' });
  });
});
