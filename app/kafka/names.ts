/** How a setting is given. A flag wins over its variable. */
export interface SettingNames {
  readonly variable: string;
  /** As commander takes it; undefined: only by its variable. */
  readonly flag?: string;
  /** For the help of the flag. */
  readonly help?: string;
}

/** Every setting of what runs on Kafka. Secrets have no flag: arguments can be read by everyone on the machine. */
export const SETTINGS = {
  brokers: {
    variable: 'LEADSTREAM_BROKERS',
    flag: '--brokers <list>',
    help: 'Kafka brokers as host:port, separated by commas (default: 127.0.0.1:9092)',
  },
  prefix: {
    variable: 'LEADSTREAM_PREFIX',
    flag: '--prefix <text>',
    help: 'begins the names of topics, groups and transactional ids: several installations share a cluster',
  },
  tls: { variable: 'LEADSTREAM_TLS', flag: '--tls', help: 'connect to the brokers with TLS' },
  tlsCa: { variable: 'LEADSTREAM_TLS_CA' },
  tlsCert: { variable: 'LEADSTREAM_TLS_CERT' },
  tlsKey: { variable: 'LEADSTREAM_TLS_KEY' },
  saslMechanism: { variable: 'LEADSTREAM_SASL_MECHANISM' },
  saslUser: { variable: 'LEADSTREAM_SASL_USER' },
  saslPassword: { variable: 'LEADSTREAM_SASL_PASSWORD' },
  clientId: { variable: 'LEADSTREAM_CLIENT_ID' },
  transactionTimeout: { variable: 'LEADSTREAM_TRANSACTION_TIMEOUT' },
  sessionTimeout: { variable: 'LEADSTREAM_SESSION_TIMEOUT' },
  heartbeatInterval: { variable: 'LEADSTREAM_HEARTBEAT_INTERVAL' },
  registry: {
    variable: 'LEADSTREAM_REGISTRY',
    flag: '--registry <url>',
    help: 'the schema registry (default: http://127.0.0.1:8081)',
  },
  registryUser: { variable: 'LEADSTREAM_REGISTRY_USER' },
  registryPassword: { variable: 'LEADSTREAM_REGISTRY_PASSWORD' },
  clickhouse: {
    variable: 'LEADSTREAM_CLICKHOUSE',
    flag: '--clickhouse <url>',
    help: 'a ClickHouse server, e.g. http://127.0.0.1:8123 (default: the engine in the data folder)',
  },
  clickhouseUser: { variable: 'LEADSTREAM_CLICKHOUSE_USER' },
  clickhousePassword: { variable: 'LEADSTREAM_CLICKHOUSE_PASSWORD' },
  clickhouseDatabase: { variable: 'LEADSTREAM_CLICKHOUSE_DATABASE' },
  data: { variable: 'LEADSTREAM_DATA', flag: '--data <dir>', help: 'the data folder (default: ./data)' },
  host: {
    variable: 'LEADSTREAM_HOST',
    flag: '--host <address>',
    help: 'address to listen on (default: 127.0.0.1)',
  },
  port: { variable: 'LEADSTREAM_PORT', flag: '--port <n>', help: 'port to listen on, 0 for any (default: 8080)' },
  operationPort: {
    variable: 'LEADSTREAM_OPERATION_PORT',
    flag: '--operation-port <n>',
    help: 'port of /healthz, /readyz and /metrics, 0 for any (default: 0)',
  },
  sources: {
    variable: 'LEADSTREAM_SOURCES',
    flag: '--sources <file>',
    help: 'the file that lists who may report what to collect (default: sources.yaml here, else in the data folder; without one any write key is taken)',
  },
  cache: {
    variable: 'LEADSTREAM_CACHE',
    flag: '--cache <MB>',
    help: 'memory for what services keep at hand, from 32 (default: a 32nd of the memory, at most 512)',
  },
  identityKey: { variable: 'LEADSTREAM_IDENTITY_KEY' },
  identityKeyFile: { variable: 'LEADSTREAM_IDENTITY_KEY_FILE' },
  logLevel: { variable: 'LEADSTREAM_LOG_LEVEL' },
  partitions: {
    variable: 'LEADSTREAM_PARTITIONS',
    flag: '--partitions <n>',
    help: 'of each topic from lead.activity to lead.handoffs: as many instances of a fold can share them; fixed for the life of a log (default: as they are, 4 in a new log)',
  },
  replication: {
    variable: 'LEADSTREAM_REPLICATION',
    flag: '--replication <n>',
    help: 'copies of each record (default: 3, or 1 for each broker if they are fewer)',
  },
  retentionDays: {
    variable: 'LEADSTREAM_RETENTION_DAYS',
    flag: '--retention-days <n>',
    help: 'how long lead.events and dead letters are kept, they hold plain personal data (default: 30)',
  },
} as const satisfies { readonly [setting: string]: SettingNames };

export type Setting = keyof typeof SETTINGS;

/** Settings as commander gives them: texts, true for a flag that takes none and false for its --no- form. */
export type FlagValues = { readonly [Name in Setting]?: string | boolean };

/** What a person has to type to give this setting. */
export function variableOf(setting: Setting): string {
  return SETTINGS[setting].variable;
}

/** `--port`, without what follows it; undefined if there is no flag. */
export function flagOf(setting: Setting): string | undefined {
  const names: SettingNames = SETTINGS[setting];
  return names.flag?.split(' ')[0];
}
