import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createCodec } from '#lib/avro/codec';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import type { Scored } from '#schemas/generated/records';
import type { AnyMessage } from '#schemas/topics';
import { activity, activityMessage, deadLetterMessage, staged, tickMessage } from '#test/contracts/messages';

const codec = createCodec(createRegistry(RECORD_SCHEMAS));

/** Adds the messages to one batch and returns the bytes of each. */
function batched(...messages: readonly AnyMessage[]): readonly Uint8Array[] {
  const batch = codec.createBatch();
  return messages.map((message) => {
    const start = batch.end;
    batch.add(message);
    return Uint8Array.from(batch.bytes.subarray(start, batch.end));
  });
}

/** What a reader gets of a message, and whether the batch says that it is not what was added. */
function read(message: AnyMessage): { readonly decoded: unknown; readonly replaced: boolean } {
  const batch = codec.createBatch();
  batch.add(message);
  return { decoded: codec.decode(batch.bytes.subarray(0, batch.end)), replaced: batch.replacedText };
}

function scored(n: number): Scored {
  const { scored: value } = staged(n);
  if (value === null) throw new Error('given a record with a score');
  return value;
}

describe('a batch', () => {
  it('holds each message as if it were encoded alone, however large they are', () => {
    const messages = [tickMessage(1), activityMessage(2), deadLetterMessage(3, 3_000_000), activityMessage(4)];

    expect(isDeepStrictEqual(batched(...messages), messages.map(codec.encode))).toBe(true);
  });

  it('goes on after a value that is not of its schema', () => {
    const batch = codec.createBatch();
    batch.add(tickMessage(1));
    const wrong = { type: 'Activity', value: { ...activity(1), context: 7 } } as unknown as AnyMessage;
    expect(() => batch.add(wrong)).toThrow(/7/);
    batch.add(tickMessage(2));

    const expected = Buffer.concat([codec.encode(tickMessage(1)), codec.encode(tickMessage(2))]);
    expect(batch.bytes.subarray(0, batch.end)).toEqual(expected);
  });

  it('has the very object of a message inside the next one in the same bytes as encoded afresh', () => {
    const value = scored(1);
    const first: AnyMessage = { type: 'Scored', value };
    const second: AnyMessage = { type: 'Staged', value: { ...staged(1), scored: value } };

    expect(batched(first, second, second)).toEqual([first, second, second].map((message) => codec.encode(message)));
  });

  it('grows in the midst of such a copy', () => {
    const value = scored(1);
    const second: AnyMessage = { type: 'Staged', value: { ...staged(1), scored: value } };
    for (let size = 63_700; size < 65_600; size += 100) {
      const [, , copied] = batched(deadLetterMessage(1, size), { type: 'Scored', value }, second);
      expect(isDeepStrictEqual(copied, codec.encode(second))).toBe(true);
    }
  });

  it('does not take an object that is merely equal, or was another type of record, for the one before', () => {
    const equal: AnyMessage = { type: 'Staged', value: { ...staged(1), scored: { ...scored(1), step: 7 } } };
    const both = { ...activity(1), ...scored(1), into_lead_id: 'b', cause_event_id: 'c', input_offset: 5 };
    const nested: AnyMessage = { type: 'Scored', value: { ...scored(1), merged: both } };

    expect(batched({ type: 'Scored', value: scored(1) }, equal)[1]).toEqual(codec.encode(equal));
    expect(batched({ type: 'Activity', value: { ...both, cause: 'live' } }, nested)[1]).toEqual(codec.encode(nested));
  });

  it('does not know an object again after it was cleared: the object may have changed', () => {
    const value = { ...scored(1), step: 0 };
    const batch = codec.createBatch();
    batch.add({ type: 'Scored', value });
    batch.clear();
    value.step = 9;
    const changed: AnyMessage = { type: 'Staged', value: { ...staged(1), scored: value } };
    batch.add(changed);

    expect(codec.decode(batch.bytes.subarray(0, batch.end))).toStrictEqual(changed);
  });
});

describe('text without UTF-8', () => {
  it.each(['\ud800', 'short \udc00 text', `${'long '.repeat(30)}\ud83d`, `${'long '.repeat(3000)}\ud83d`])(
    'half a surrogate pair is written as U+FFFD, and the batch says so: %j',
    (lead_id) => {
      const { decoded, replaced } = read({ type: 'Activity', value: { ...activity(1), lead_id } });

      const whole = lead_id.replace(/[\ud800-\udfff]/, '\ufffd');
      expect(decoded).toStrictEqual({ type: 'Activity', value: { ...activity(1), lead_id: whole } });
      expect(replaced).toBe(true);
    },
  );

  it('wherever it stands: in a list, an inner record, the key of a map', () => {
    const inner = { ...activity(1), identifiers: ['user.1', '\udc00'] };
    const files = { 'half \ud83d key': 'a', 'whole 😀 key': 'b' };

    expect(read({ type: 'Scored', value: { ...scored(1), activity: inner } })).toMatchObject({
      decoded: { value: { activity: { identifiers: ['user.1', '\ufffd'] } } },
      replaced: true,
    });
    expect(
      read({
        type: 'ModelSubmitted',
        value: { model_version: '', files, received_at: 0, own_time: false, import_id: null },
      }),
    ).toMatchObject({
      decoded: { value: { files: { 'half \ufffd key': 'a', 'whole 😀 key': 'b' } } },
      replaced: true,
    });
  });

  it('is replaced also in a message that contains the one before', () => {
    const value = { ...scored(1), cause_id: '\ud800' };
    const batch = codec.createBatch();
    batch.add({ type: 'Scored', value });
    batch.add({ type: 'Staged', value: { ...staged(1), scored: value } });

    expect(batch.replacedText).toBe(true);
  });

  it.each(['한국어 東京 😀 é', 'sent as U+FFFD: \ufffd', '\ufffd', `${'long '.repeat(30)}\ufffd 😀`, 'é'.repeat(3000)])(
    'is not what other alphabets are, nor U+FFFD that came as such: %j',
    (lead_id) => {
      const batch = codec.createBatch();
      batch.add({ type: 'Activity', value: { ...activity(1), lead_id: '\ud800' } });
      batch.add({ type: 'Activity', value: { ...activity(1), lead_id } });

      expect(batch.replacedText).toBe(false);
      expect(read({ type: 'Activity', value: { ...activity(1), lead_id } }).decoded).toStrictEqual({
        type: 'Activity',
        value: { ...activity(1), lead_id },
      });
    },
  );

  it.each([22, 23, 24, 25, 63, 64, 65, 8191, 8192, 20_000])(
    'a plain text of %i characters comes back as it was',
    (size) => {
      const value = { ...activity(1), lead_id: 'x'.repeat(size) };

      expect(read({ type: 'Activity', value }).decoded).toStrictEqual({ type: 'Activity', value });
    },
  );
});
