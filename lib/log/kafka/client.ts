import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import type { KafkaSasl, KafkaSettings } from '#lib/log/kafka/settings';

/** What the client says of its tries, for a closer look: whatever matters comes as an error too. */
export type ClientLog = (line: string, details: object) => void;

/** Enough for a broker to be restarted in, with the pauses that a task makes around it. */
const RETRY = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 };

/** A client that connects to nothing yet. What one retry may hide reaches `onLog`. */
export function createClient(settings: KafkaSettings, onLog: ClientLog = () => {}): Kafka {
  const { brokers, clientId, tls, sasl } = settings;
  return new Kafka({
    brokers: [...brokers],
    clientId,
    retry: RETRY,
    connectionTimeout: 5_000,
    ...(tls === undefined ? {} : { ssl: { ...defined(tls) } }),
    ...(sasl === undefined ? {} : { sasl: saslOptions(sasl) }),
    logLevel: logLevel.WARN,
    logCreator:
      () =>
      ({ namespace, log }) => {
        const { message, timestamp: _, stack: __, ...details } = log;
        onLog(`${namespace}: ${message}`, details);
      },
  });
}

function defined(tls: NonNullable<KafkaSettings['tls']>): Record<string, string> {
  return Object.fromEntries(Object.entries(tls).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function saslOptions({ mechanism, username, password }: KafkaSasl): SASLOptions {
  switch (mechanism) {
    case 'plain':
      return { mechanism, username, password };
    case 'scram-sha-256':
      return { mechanism, username, password };
    case 'scram-sha-512':
      return { mechanism, username, password };
  }
}
