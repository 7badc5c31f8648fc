import { FlowError } from '#lib/flow/errors';
import { type Log, type LogRecord, Undecodable } from '#lib/flow/log';
import { recordsOf } from '#lib/flow/merge';
import type { TopicPartition } from '#lib/flow/position';

/** A record of a kept topic, which can always be read. */
export interface KeptRecord<Value> extends LogRecord<Value> {
  readonly value: Value;
}

/** The records of one partition from `from` to where it ends when reading begins. */
export async function* readTopic<Value>(
  log: Log,
  place: TopicPartition,
  signal: AbortSignal,
  from?: number,
): AsyncGenerator<KeptRecord<Value>> {
  const end = await log.end(place);
  const reader = log.reader<Value>(place, from ?? (await log.start(place)));
  try {
    for await (const record of recordsOf({ reader, end }, signal)) {
      const { value } = record;
      if (value instanceof Undecodable) {
        const name = `${place.topic}/${place.partition} offset ${record.offset}`;
        throw new FlowError('undecodable', `${name}: ${value.reason}`, { retriable: false });
      }
      yield { ...record, value };
    }
  } finally {
    await reader.close();
  }
}
