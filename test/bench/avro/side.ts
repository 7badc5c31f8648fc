import avsc from 'avsc';
import { createCodec } from '#lib/avro/codec';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS, selfContained } from '#lib/avro/schema';
import { Undecodable } from '#lib/flow/log';
import type { Activity, Scored } from '#schemas/generated/records';
import type { Message } from '#schemas/topics';

export type Sample = Message<'Activity', Activity> | Message<'Scored', Scored>;

/** Records one after the other, as in a page that was fetched. */
export interface Page {
  readonly bytes: Buffer;
  /** Where each record ends. */
  readonly ends: readonly number[];
}

/** A way to have records as bytes. */
export interface Side {
  /** A page holds until the next one is written. */
  write(messages: readonly Sample[]): Page;
  read(type: Sample['type'], bytes: Buffer, start: number, end: number): unknown;
}

const ROOM = 32 * 1024 * 1024;

export const SIDES: Readonly<Record<string, () => Side>> = { ours, avsc: plainAvsc, JSON: json };

function ours(): Side {
  const codec = createCodec(createRegistry(RECORD_SCHEMAS));
  const batch = codec.createBatch();
  return {
    write(messages) {
      batch.clear();
      const ends = messages.map((message) => {
        batch.add(message);
        return batch.end;
      });
      return { bytes: batch.bytes, ends };
    },
    read(_type, bytes, start, end) {
      const message = codec.decode(bytes, start, end);
      if (message instanceof Undecodable) throw new Error(message.reason);
      return message.value;
    },
  };
}

function plainAvsc(): Side {
  const bytes = Buffer.alloc(ROOM);
  const typeOf = (name: string) =>
    avsc.Type.forSchema(JSON.parse(JSON.stringify(selfContained(name, RECORD_SCHEMAS))), { wrapUnions: 'never' });
  const types = { Activity: typeOf('Activity'), Scored: typeOf('Scored') };
  return {
    write(messages) {
      let end = 0;
      const ends = messages.map(({ type, value }) => {
        end = types[type].encode(value, bytes, end);
        return end;
      });
      return { bytes, ends };
    },
    read: (type, page, start) => types[type].decode(page, start).value,
  };
}

function json(): Side {
  const bytes = Buffer.alloc(ROOM);
  return {
    write(messages) {
      let end = 0;
      const ends = messages.map(({ value }) => {
        end += bytes.write(JSON.stringify(value), end);
        return end;
      });
      return { bytes, ends };
    },
    read: (_type, page, start, end) => JSON.parse(page.toString('utf8', start, end)),
  };
}
