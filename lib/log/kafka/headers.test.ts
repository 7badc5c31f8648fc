import { describe, expect, it } from 'vitest';
import { headersOf } from '#lib/log/kafka/headers';
import type { DeadLetter } from '#schemas/generated/records';

const topicOf = (topic: string) => `acme.${topic}`;

function letterFrom(origin: string): DeadLetter {
  return {
    dead_letter_id: 'd1',
    at: 0,
    reason: 'undecodable',
    detail: 'no schema has the id 7',
    origin,
    publisher: '',
    event_id: null,
    original: new Uint8Array([1, 2, 3]),
  };
}

describe("a dead letter's headers", () => {
  it("name topic, partition and offset of a record, the reason and what is wrong, as Kafka Connect's do", () => {
    expect(headersOf({ type: 'DeadLetter', value: letterFrom('lead.events 0 17') }, topicOf)).toEqual({
      '__connect.errors.topic': 'acme.lead.events',
      '__connect.errors.partition': '0',
      '__connect.errors.offset': '17',
      '__connect.errors.stage': 'VALUE_CONVERTER',
      '__connect.errors.exception.class.name': 'undecodable',
      '__connect.errors.exception.message': 'no schema has the id 7',
    });
  });

  it('tell the origin as it is when it was no record of a topic', () => {
    for (const origin of ['http /v1/batch', 'import line 7']) {
      const headers = headersOf({ type: 'DeadLetter', value: letterFrom(origin) }, topicOf);
      expect(headers).toMatchObject({ '__connect.errors.origin': origin });
      expect(headers).not.toHaveProperty('__connect.errors.topic');
    }
  });

  it('are those of dead letters only', () => {
    expect(
      headersOf(
        { type: 'Tick', value: { seq: 1, logged_at: 0, own_time: false, identity_key: null, import_id: null } },
        topicOf,
      ),
    ).toBeUndefined();
  });
});
