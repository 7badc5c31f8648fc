import { createHash } from 'node:crypto';
import { xml } from '#lib/clickhouse/child/config';
import { GUESTS, type MemoryLimits } from '#lib/clickhouse/settings';

/** The user that Leadstream itself is. */
export const OWNER = 'leadstream';

export interface User {
  readonly name: string;
  readonly password: string;
}

/** What readers may spend on their own: seconds of a statement, statements at once, bytes of intermediate results on the disk. */
const LONGEST_STATEMENT = Number(GUESTS.max_execution_time);
const STATEMENTS_AT_ONCE = 8;
const ON_DISK = 1024 ** 3;

/** What a reader may set, from and to, and has as the latter: everything by which a statement could take more than its share. */
function readerLimits(memory: MemoryLimits): Readonly<Record<string, readonly [least: number, most: number]>> {
  const query = Math.floor(memory.query / 2);
  return {
    max_memory_usage: [1, query],
    max_memory_usage_for_user: [1, memory.query],
    max_execution_time: [1, LONGEST_STATEMENT],
    max_untracked_memory: [0, 4 * 1024 * 1024],
    max_temporary_data_on_disk_size_for_query: [1, ON_DISK],
    max_temporary_data_on_disk_size_for_user: [1, ON_DISK],
    max_concurrent_queries_for_user: [1, STATEMENTS_AT_ONCE],
    max_concurrent_queries_for_all_users: [0, 0],
    max_sessions_for_user: [0, 0],
    memory_overcommit_ratio_denominator: [1024 ** 3, 1024 ** 3],
    memory_overcommit_ratio_denominator_for_user: [1024 ** 3, 1024 ** 3],
    function_sleep_max_microseconds_per_block: [0, 3_000_000],
    os_threads_nice_value_query: [0, 0],
    queue_max_wait_ms: [0, 5_000],
  };
}

/** What readers see of the server itself: what tables there are, as clients of ClickHouse ask. */
const INFORMING = [
  ...'columns contributors data_type_families databases enabled_roles formats functions keywords parts settings tables table_functions'
    .split(' ')
    .map((table) => `system.${table}`),
  'information_schema.*',
  'INFORMATION_SCHEMA.*',
];

/**
 * The server's users, with hashes in place of passwords. Users that are made in SQL would have no place to stay. `default` is what
 * the server itself starts as: it must have no password, so it has no right to any data, and one session, which is the server's.
 */
export function renderUsers(owner: User, reader: User, memory: MemoryLimits): string {
  const limits = Object.entries(readerLimits(memory));
  const readerSettings = {
    ...GUESTS,
    // They may set what does not write, within the limits: drivers and BI tools do.
    readonly: 2,
    ...Object.fromEntries(limits.map(([name, [, most]]) => [name, most])),
    max_threads: 2,
  };
  return `<clickhouse>
  <profiles>
    <default/>
    <starting><max_sessions_for_user>1</max_sessions_for_user></starting>
    <owner>${settings({ max_memory_usage: memory.query, max_threads: 2, input_format_parallel_parsing: 0 })}</owner>
    <reader>
      ${settings(readerSettings)}
      <constraints>
        <max_threads><readonly/></max_threads>
        ${limits
          .map(([name, [least, most]]) => `<${name}><min>${least}</min><max>${most}</max></${name}>`)
          .join('\n        ')}
      </constraints>
    </reader>
  </profiles>
  <users>
    <default>
      <no_password/>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>starting</profile>
      ${grants(['SYSTEM LISTEN ON *.*', 'SELECT ON system.numbers'])}
    </default>
    ${user(owner, 'owner', [
      'ALL ON default.*',
      'SELECT ON system.*',
      'SELECT ON information_schema.*',
      'CREATE TEMPORARY TABLE ON *.*',
      'TABLE ENGINE ON *',
    ])}
    ${user(reader, 'reader', ['SELECT ON default.*', ...INFORMING.map((table) => `SELECT ON ${table}`)])}
  </users>
</clickhouse>
`;
}

function user({ name, password }: User, profile: string, rights: readonly string[]): string {
  return `<${name}>
      <password_sha256_hex>${createHash('sha256').update(password).digest('hex')}</password_sha256_hex>
      <networks><ip>127.0.0.1</ip></networks>
      <profile>${profile}</profile>
      ${grants(rights)}
    </${name}>`;
}

function grants(rights: readonly string[]): string {
  return `<grants>${rights.map((right) => `<query>GRANT ${xml(right)}</query>`).join('')}</grants>`;
}

function settings(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${value}</${name}>`)
    .join('');
}
