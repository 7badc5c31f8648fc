import { cacheBudget } from '#app/cache/budget';
import { readIdentityKey } from '#app/identity-key/identity-key';
import { readCertificates } from '#app/kafka/certificates';
import { type Environment, gather, unknownVariables } from '#app/kafka/environment';
import { type FlagValues, SETTINGS, type Setting } from '#app/kafka/names';
import { type ParsedSettings, SettingsSchema } from '#app/kafka/schema';
import type { ClickHouseServerOptions } from '#lib/clickhouse/server';
import { identityHash } from '#lib/hash/keyed';
import type { IdentityHash } from '#lib/identity/identity-hash';
import type { RegistryAddress } from '#lib/log/kafka/registry/endpoint';
import type { KafkaSettings, KafkaTls } from '#lib/log/kafka/settings';

/** What a process needs to know to run on Kafka. */
export interface KafkaRuntimeSettings {
  readonly kafka: KafkaSettings;
  readonly registry: RegistryAddress & { readonly prefix: string };
  /** undefined: the engine in the data folder. */
  readonly clickhouse: ClickHouseServerOptions | undefined;
  /** The data folder, as the user wrote it. */
  readonly data: string;
  readonly host: string;
  /** 0: any that is free */
  readonly port: number;
  /** Of health and metrics; 0: any that is free */
  readonly operationPort: number;
  /** The file that lists the sources, as the user named it; undefined: where it usually is. */
  readonly sources: string | undefined;
  /** Memory for the caches of its stores, bytes. */
  readonly cache: number;
  /** How identifiers are hashed. */
  readonly identity: IdentityHash;
  readonly logLevel: ParsedSettings['logLevel'];
  readonly topics: TopicSettings;
}

export interface TopicSettings {
  /** Of each topic from lead.activity to lead.handoffs; undefined: as they are. */
  readonly partitions: number | undefined;
  /** Copies; undefined: as many as are usual for this number of brokers. */
  readonly replication: number | undefined;
  readonly retentionDays: number;
}

/** The settings, or one line for each thing that is wrong with them: which flag or variable, what, and what to write. */
export type SettingsOutcome =
  | { readonly kind: 'settings'; readonly settings: KafkaRuntimeSettings }
  | { readonly kind: 'faults'; readonly faults: readonly string[] };

/** Reads all settings; a flag wins over its variable. No fault ever shows a secret. */
export async function readSettings(flags: FlagValues, environment: Environment): Promise<SettingsOutcome> {
  const { texts, sourceOf } = gather(flags, environment);
  const unknown = unknownVariables(environment);
  const parsed = SettingsSchema.safeParse(texts);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map(({ path: [setting], message }) => {
      return isSetting(setting) ? `${sourceOf(setting)}: ${message}` : message;
    });
    return { kind: 'faults', faults: [...wrong, ...unknown] };
  }
  const { tls, faults } = await readCertificates(parsed.data);
  const { identityKey: key, identityKeyFile: file } = parsed.data;
  const identity = readIdentityKey({ key, file });
  if ('fault' in identity || faults.length + unknown.length > 0) {
    const ofKey = 'fault' in identity ? [identity.fault] : [];
    return { kind: 'faults', faults: [...faults, ...ofKey, ...unknown] };
  }
  return { kind: 'settings', settings: assemble(parsed.data, tls, identityHash(identity.key)) };
}

function assemble(settings: ParsedSettings, tls: KafkaTls | undefined, identity: IdentityHash): KafkaRuntimeSettings {
  const { brokers, clientId, prefix, transactionTimeout, sessionTimeout, heartbeatInterval } = settings;
  const { data, host, port, operationPort, sources, cache, logLevel, partitions, replication, retentionDays } =
    settings;
  const tuned = { transactionTimeout, sessionTimeout, heartbeatInterval };
  return {
    kafka: { brokers, clientId, prefix, tls, sasl: saslOf(settings), ...tuned },
    registry: registryOf(settings, tls),
    clickhouse: clickhouseOf(settings, tls),
    data,
    host,
    port,
    operationPort,
    sources,
    cache: cacheBudget(cache),
    identity,
    logLevel,
    topics: { partitions, replication, retentionDays },
  };
}

function saslOf({ saslMechanism: mechanism, saslUser, saslPassword }: ParsedSettings): KafkaSettings['sasl'] {
  if (mechanism === undefined || saslUser === undefined || saslPassword === undefined) return undefined;
  return { mechanism, username: saslUser, password: saslPassword };
}

function registryOf(settings: ParsedSettings, tls: KafkaTls | undefined): KafkaRuntimeSettings['registry'] {
  const { registry: url, registryUser: username, registryPassword: password, prefix } = settings;
  const auth = username === undefined || password === undefined ? undefined : { username, password };
  return { url, auth, tls: onlyFor(url, tls), prefix };
}

function clickhouseOf(settings: ParsedSettings, tls: KafkaTls | undefined): ClickHouseServerOptions | undefined {
  const {
    clickhouse: url,
    clickhouseUser: user,
    clickhousePassword: password,
    clickhouseDatabase: database,
  } = settings;
  return url === undefined ? undefined : { url, user, password, database, tls: onlyFor(url, tls) };
}

/** What is reached over HTTPS is trusted by the same certificates as the brokers. */
function onlyFor(url: string, tls: KafkaTls | undefined): KafkaTls | undefined {
  return url.toLowerCase().startsWith('https:') ? tls : undefined;
}

function isSetting(name: unknown): name is Setting {
  return typeof name === 'string' && name in SETTINGS;
}
