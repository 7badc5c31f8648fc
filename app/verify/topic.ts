import { FlowError } from '#lib/flow/errors';
import { type Log, type LogRecord, Undecodable } from '#lib/flow/log';
import { recordsOf } from '#lib/flow/merge';
import type { TopicPartition } from '#lib/flow/position';

/** A record of a kept topic, which can always be read. */
export interface KeptRecord<Value> extends LogRecord<Value> {
  readonly value: Value;
}

/** The records of one partition of a kept topic, from `from` to where it ends when reading begins. */
export async function* readTopic<Value>(
  log: Log,
  place: TopicPartition,
  signal: AbortSignal,
  from?: number,
): AsyncGenerator<KeptRecord<Value>> {
  for await (const record of readAny<Value>(log, place, signal, from)) {
    const { value } = record;
    if (value instanceof Undecodable) {
      const name = `${place.topic}/${place.partition} offset ${record.offset}`;
      throw new FlowError('undecodable', `${name}: ${value.reason}`, { retriable: false });
    }
    yield { ...record, value };
  }
}

/** The same, of a topic that publishers write: some of its records may be no messages. */
export async function* readAny<Value>(
  log: Log,
  place: TopicPartition,
  signal: AbortSignal,
  from?: number,
): AsyncGenerator<LogRecord<Value>> {
  const end = await log.end(place);
  const begin = from ?? (await log.start(place));
  // All may have expired: nothing would come.
  if (begin >= end) return;
  const reader = log.reader<Value>(place, begin);
  try {
    yield* recordsOf({ reader, end }, signal);
  } finally {
    await reader.close();
  }
}
