import { z } from 'zod';
import { type Setting, variableOf } from '#app/kafka/names';
import {
  address,
  brokers,
  cacheMegabytes,
  duration,
  oneOf,
  port,
  prefix,
  readAs,
  text,
  wholeNumber,
  yesOrNo,
} from '#app/kafka/values';
import { KAFKA_DEFAULTS } from '#lib/log/kafka/settings';
import { DEFAULT_RETENTION_DAYS } from '#lib/log/retention';

const MINUTE = 60_000;

const LOCAL = ['127.0.0.1:9092'];

/** All settings from their texts; those not given have their default. Defaults are what `npm run kafka` starts. */
export const SettingsSchema = z
  .object({
    brokers: brokers.default(LOCAL),
    prefix: prefix.default(KAFKA_DEFAULTS.prefix),
    tls: yesOrNo.default(false),
    tlsCa: text.optional(),
    tlsCert: text.optional(),
    tlsKey: text.optional(),
    saslMechanism: oneOf(['plain', 'scram-sha-256', 'scram-sha-512']).optional(),
    saslUser: text.optional(),
    saslPassword: text.optional(),
    clientId: prefix.default(KAFKA_DEFAULTS.clientId),
    transactionTimeout: duration(1_000, 15 * MINUTE).default(KAFKA_DEFAULTS.transactionTimeout),
    sessionTimeout: duration(6_000, 30 * MINUTE).default(KAFKA_DEFAULTS.sessionTimeout),
    heartbeatInterval: duration(100, MINUTE).default(KAFKA_DEFAULTS.heartbeatInterval),
    registry: address(variableOf('registryUser'), variableOf('registryPassword'), 'http://127.0.0.1:8081').default(
      'http://127.0.0.1:8081',
    ),
    registryUser: text.optional(),
    registryPassword: text.optional(),
    clickhouse: address(
      variableOf('clickhouseUser'),
      variableOf('clickhousePassword'),
      'http://127.0.0.1:8123',
    ).optional(),
    clickhouseUser: text.optional(),
    clickhousePassword: text.optional(),
    clickhouseDatabase: readAs(
      (name) => (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? name : undefined),
      'is no name of a database; write letters, digits and underscores, e.g. leadstream',
    ).optional(),
    data: text.default('./data'),
    host: text.default('127.0.0.1'),
    port: port.default(8080),
    operationPort: port.default(0),
    sources: text.optional(),
    cache: cacheMegabytes.optional(),
    identityKey: text.optional(),
    identityKeyFile: text.optional(),
    logLevel: oneOf(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    partitions: wholeNumber(1, 1_000, 4).optional(),
    replication: wholeNumber(1, 100, 3).optional(),
    retentionDays: wholeNumber(1, 36_500, 30).default(DEFAULT_RETENTION_DAYS),
  } satisfies { readonly [Name in Setting]: z.ZodType })
  .superRefine((settings, context) => {
    const wrong = (setting: Setting, message: string) => {
      context.addIssue({ code: 'custom', path: [setting], message });
    };
    /** These say nothing without that one: whoever sets them believes that they work. */
    const pointless = (needed: string, ...without: Setting[]) => {
      for (const setting of without) {
        if (settings[setting] !== undefined) wrong(setting, `is set, but has no effect; ${needed}, or unset it`);
      }
    };
    /** Both or neither. */
    const pair = (one: Setting, other: Setting) => {
      if (settings[one] !== undefined && settings[other] === undefined) {
        wrong(other, `is missing, and ${variableOf(one)} is of no use without it; set it too`);
      }
    };
    if (!settings.tls) pointless(`set ${variableOf('tls')}=true`, 'tlsCa', 'tlsCert', 'tlsKey');
    pair('tlsCert', 'tlsKey');
    pair('tlsKey', 'tlsCert');
    if (settings.saslMechanism === undefined) {
      pointless(`set ${variableOf('saslMechanism')}, e.g. to scram-sha-512`, 'saslUser', 'saslPassword');
    } else {
      pair('saslMechanism', 'saslUser');
      pair('saslMechanism', 'saslPassword');
    }
    pair('registryUser', 'registryPassword');
    pair('registryPassword', 'registryUser');
    if (settings.clickhouse === undefined) {
      const server = `set ${variableOf('clickhouse')} to the server's address`;
      pointless(server, 'clickhouseUser', 'clickhousePassword', 'clickhouseDatabase');
    }
    if (settings.heartbeatInterval * 3 > settings.sessionTimeout) {
      wrong(
        'heartbeatInterval',
        `is more than a third of ${variableOf('sessionTimeout')}, so that a late heartbeat costs the partitions; make it shorter`,
      );
    }
  });

export type ParsedSettings = z.output<typeof SettingsSchema>;
