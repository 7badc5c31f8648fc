import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { freePort } from '../../infra/kafka/port.ts';
import { imageOf } from './images.ts';

export interface KafkaContainer {
  /** host:port */
  readonly broker: string;
  stop(): Promise<unknown>;
}

/** A broker that is its own controller, reached under the same address from inside (as transactions need it) and outside. */
export async function startKafka(): Promise<KafkaContainer> {
  const port = await freePort();
  const broker = `127.0.0.1:${port}`;
  const container: StartedTestContainer = await new GenericContainer(await imageOf('kafka'))
    .withExposedPorts({ container: port, host: port })
    .withEnvironment({
      KAFKA_NODE_ID: '1',
      KAFKA_PROCESS_ROLES: 'broker,controller',
      KAFKA_LISTENERS: `PLAINTEXT://0.0.0.0:${port},CONTROLLER://127.0.0.1:9093`,
      KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://${broker}`,
      KAFKA_CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
      KAFKA_LISTENER_SECURITY_PROTOCOL_MAP: 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
      KAFKA_CONTROLLER_QUORUM_VOTERS: '1@127.0.0.1:9093',
      KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
      KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
      KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
      KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    })
    .withWaitStrategy(Wait.forLogMessage(/Kafka Server started/))
    .withStartupTimeout(120_000)
    .start();
  return { broker, stop: () => container.stop() };
}
