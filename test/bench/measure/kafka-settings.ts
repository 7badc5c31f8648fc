import { KAFKA_DEFAULTS, type KafkaSettings } from '#lib/log/kafka/settings';

/** Of what producers write, as Kafka names them, each at its number in a batch's attributes. */
export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const;
export type Codec = (typeof CODECS)[number];

/** What a bench connects with. */
export function kafkaSettings(brokers: readonly string[]): KafkaSettings {
  return { ...KAFKA_DEFAULTS, brokers };
}
