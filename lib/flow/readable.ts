import { FlowError } from '#lib/flow/errors';
import { type LogRecord, Undecodable } from '#lib/flow/log';

/** The value of a record that we alone write: one that cannot be read means that this instance is too old for it. */
export function readable(record: LogRecord): unknown {
  if (record.value instanceof Undecodable) {
    throw new FlowError(
      'undecodable',
      `${record.topic}/${record.partition} offset ${record.offset}: ${record.value.reason}; upgrade this instance`,
      { retriable: false },
    );
  }
  return record.value;
}
