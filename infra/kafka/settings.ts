export interface Ports {
  /** Where clients connect, on 127.0.0.1. */
  readonly port: number;
  /** Where the broker talks with its own controller, on 127.0.0.1. */
  readonly controllerPort: number;
}

/** A year, in minutes: the positions of a service that stands still must not expire, or it would have none to go on from. */
const OFFSETS_RETENTION = 365 * 24 * 60;

/** Each partition of an internal topic is files and memory; a single machine needs few. */
const INTERNAL_PARTITIONS = '4';

/** The settings of a single node that is broker and controller; names: https://kafka.apache.org/41/configuration/broker-configs/ */
export function brokerSettings({ port, controllerPort }: Ports, data: string): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    // named in the settings, not in the data, so that another start may use other ports
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `CLIENT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `CLIENT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'CLIENT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': data,
    // how long a start after a crash waits: until then the controller holds the dead broker for alive
    'broker.session.timeout.ms': '4000',
    'broker.heartbeat.interval.ms': '500',
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': INTERNAL_PARTITIONS,
    'offsets.retention.minutes': String(OFFSETS_RETENTION),
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': INTERNAL_PARTITIONS,
    'transaction.max.timeout.ms': '900000',
    'share.coordinator.state.topic.replication.factor': '1',
    'share.coordinator.state.topic.min.isr': '1',
    'share.coordinator.state.topic.num.partitions': '1',
    // of the default 128 MB, which a heap of 512 MB has no room for; only the internal topics are compacted
    'log.cleaner.dedupe.buffer.size': '16777216',
  };
}

/** The text of a server.properties file. Values may hold any character, line ends too. */
export function toProperties(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `${name}=${escaped(value)}\n`)
    .join('');
}

/** As java.util.Properties reads it. */
function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/^ /, '\\ ');
}
