import type { Headers } from '#lib/log/kafka/wire/record-batch';
import type { AnyMessage } from '#schemas/topics';

/** The origin of a record of the log, as identify names it: topic, partition, offset. */
const FROM_LOG = /^(\S+) (\d+) (\d+)$/;

/**
 * A dead letter's reason and origin under the names that Kafka Connect gives them, for tools that know those; its value
 * holds the same and the original bytes. `topicOf`: a topic's name in the cluster.
 * https://kafka.apache.org/documentation/#connect_errorreporting, org.apache.kafka.connect.runtime.errors.DeadLetterQueueReporter
 */
export function headersOf(message: AnyMessage, topicOf: (topic: string) => string): Headers | undefined {
  if (message.type !== 'DeadLetter') return undefined;
  const { reason, detail, origin } = message.value;
  const [, topic, partition, offset] = FROM_LOG.exec(origin) ?? [];
  return {
    ...(topic === undefined || partition === undefined || offset === undefined
      ? { '__connect.errors.origin': origin }
      : {
          '__connect.errors.topic': topicOf(topic),
          '__connect.errors.partition': partition,
          '__connect.errors.offset': offset,
        }),
    '__connect.errors.stage': 'VALUE_CONVERTER',
    '__connect.errors.exception.class.name': reason,
    '__connect.errors.exception.message': detail,
  };
}
