import { KAFKA_DEFAULTS, type KafkaSettings } from '#lib/log/kafka/settings';

/** Of what producers write, as Kafka names them. */
export const CODECS = ['none', 'lz4', 'zstd', 'snappy'] as const;
export type Codec = (typeof CODECS)[number];

/** What a bench connects with. */
export function kafkaSettings(brokers: readonly string[]): KafkaSettings {
  return { ...KAFKA_DEFAULTS, brokers };
}
