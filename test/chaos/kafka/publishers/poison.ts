import type { Random } from '#app/generator/random';
import type { Codec } from '#lib/avro/codec';
import type { EventMessage } from '#schemas/topics';

const KINDS = ['garbage', 'empty schema id', 'unknown schema', 'truncated', 'of another topic'] as const;
const NO_SUCH_SCHEMA = 900_000_000;
const RANDOM_BYTES = 24;

/** Bytes for lead.events that no service can take for an event, each time others. */
export function drawPoison(random: Random, codec: Codec, event: EventMessage, nonce: string): Buffer {
  const kind = random.pick(KINDS);
  const label = Buffer.from(`${nonce} `);
  const noise = Buffer.from(Array.from({ length: RANDOM_BYTES }, () => random.whole(0, 255)));
  switch (kind) {
    case 'garbage':
      return Buffer.concat([Buffer.from([random.whole(1, 255)]), label, noise]);
    case 'empty schema id':
      return Buffer.concat([Buffer.from([0]), Buffer.alloc(4), label, noise]);
    case 'unknown schema': {
      const header = Buffer.alloc(5);
      header.writeUInt32BE(NO_SUCH_SCHEMA + random.whole(0, 1_000), 1);
      return Buffer.concat([header, label, noise]);
    }
    case 'truncated': {
      const whole = codec.encode(event);
      return Buffer.from(whole.subarray(0, random.whole(Math.floor(whole.length / 2), whole.length - 1)));
    }
    case 'of another topic': {
      const seq = random.whole(1, 2 ** 31);
      return Buffer.from(
        codec.encode({
          type: 'Tick',
          value: { seq, logged_at: event.value.received_at, own_time: false, identity_key: null, import_id: null },
        }),
      );
    }
  }
}
