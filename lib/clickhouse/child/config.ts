import type { MemoryLimits } from '#lib/clickhouse/settings';

const MB = 1024 * 1024;

/** Where a started server answers without being asked who asks, so that it is known to be ours. */
export interface Proof {
  /** Secret: `/…`. */
  readonly path: string;
  /** Secret: the whole answer. */
  readonly answer: string;
}

export interface ServerConfig {
  /** The folder of the tables. */
  readonly dir: string;
  /** Of 127.0.0.1, for HTTP. */
  readonly port: number;
  /** The file that lists the users. */
  readonly usersFile: string;
  readonly proof: Proof;
  readonly memory: MemoryLimits;
}

/**
 * With less room on its disk, bytes, it begins no insert and no merge: one that runs out of room half-way can leave a part that
 * nobody can read.
 */
const FREE = 8 * MB;

/** The server's configuration file: small caches and pools. Defaults would let it take most of the machine. */
export function renderConfig({ dir, port, usersFile, proof, memory }: ServerConfig): string {
  const values: Readonly<Record<string, string | number>> = {
    path: dir,
    listen_host: '127.0.0.1',
    http_port: port,
    max_server_memory_usage: memory.server,
    mark_cache_size: 16 * MB,
    index_mark_cache_size: 4 * MB,
    primary_index_cache_size: 16 * MB,
    query_condition_cache_size: 4 * MB,
    uncompressed_cache_size: 0,
    mmap_cache_size: 0,
    background_pool_size: 2,
    background_merges_mutations_concurrency_ratio: 1,
    background_schedule_pool_size: 2,
    max_thread_pool_size: 128,
    max_io_thread_pool_size: 8,
    max_active_parts_loading_thread_pool_size: 2,
    max_concurrent_queries: 64,
    max_connections: 256,
  };
  return `<clickhouse>
${Object.entries(values)
  .map(([name, value]) => `  <${name}>${xml(String(value))}</${name}>`)
  .join('\n')}
  <storage_configuration><disks><default>
    <keep_free_space_bytes>${FREE}</keep_free_space_bytes>
  </default></disks></storage_configuration>
  <logger><level>none</level><console>0</console></logger>
  <user_directories><users_xml><path>${xml(usersFile)}</path></users_xml></user_directories>
  <http_handlers>
    <rule>
      <url>${xml(proof.path)}</url>
      <methods>GET</methods>
      <handler>
        <type>static</type>
        <status>200</status>
        <content_type>text/plain</content_type>
        <response_content>${xml(proof.answer)}</response_content>
      </handler>
    </rule>
    <defaults/>
  </http_handlers>
</clickhouse>
`;
}

/** A text as XML carries it. */
export function xml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
