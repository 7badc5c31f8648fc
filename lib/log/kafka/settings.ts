/** How to reach a Kafka cluster, and what is ours there. Durations in ms. */
export interface KafkaSettings {
  /** host:port of some brokers; the rest is learnt from them. */
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Put before the names of topics, groups and transactional ids: several installations share a cluster. */
  readonly prefix: string;
  readonly tls?: KafkaTls | undefined;
  readonly sasl?: KafkaSasl | undefined;
  /** A transaction that is open for so long is aborted by the broker; its owner may be dead. */
  readonly transactionTimeout: number;
  /** A member that is silent for so long loses its partitions. */
  readonly sessionTimeout: number;
  readonly heartbeatInterval: number;
}

/** PEM texts; without them the certificates that the system trusts. */
export interface KafkaTls {
  readonly ca?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

export interface KafkaSasl {
  readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
  readonly username: string;
  readonly password: string;
}

export const KAFKA_DEFAULTS = {
  clientId: 'leadstream',
  prefix: '',
  transactionTimeout: 30_000,
  sessionTimeout: 10_000,
  heartbeatInterval: 1_000,
} as const;
