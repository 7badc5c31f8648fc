import type { ClickHouseSettings } from '@clickhouse/client';

const MB = 1024 * 1024;

export interface MemoryLimits {
  /** What the engine may use for queries, inserts and merges together, bytes. */
  readonly server: number;
  /** What one query or insert may use, bytes. */
  readonly query: number;
}

export const DEFAULT_MEMORY: MemoryLimits = { server: 512 * MB, query: 384 * MB };

/** Arguments of the embedded engine: small caches and pools. Defaults would let it take most of the machine. */
export function engineArguments(memory: MemoryLimits): string[] {
  return settings({
    max_server_memory_usage: memory.server,
    mark_cache_size: 16 * MB,
    index_mark_cache_size: 4 * MB,
    primary_index_cache_size: 16 * MB,
    query_condition_cache_size: 4 * MB,
    mmap_cache_size: 0,
    background_pool_size: 2,
    background_merges_mutations_concurrency_ratio: 1,
    background_schedule_pool_size: 2,
    max_thread_pool_size: 64,
    max_io_thread_pool_size: 8,
    max_active_parts_loading_thread_pool_size: 2,
  }).map((setting) => `--${setting}`);
}

/** What our inserts need, on every ClickHouse. An insert is acknowledged when it is done. */
export const INSERTING = {
  async_insert: 0,
  // An import may bring years of months at once.
  max_partitions_per_insert_block: '0',
  // Rows come without the types of their columns.
  input_format_json_validate_types_from_metadata: 0,
} satisfies ClickHouseSettings;

/** What every read needs, on every ClickHouse. */
export const READING = {
  // Rows with the same key are always in the same partition: parts of different months need no merging.
  do_not_merge_across_partitions_select_final: 1,
} satisfies ClickHouseSettings;

/** Users' statements read, for a while, and cannot change that, on every ClickHouse. */
export const GUESTS = {
  ...READING,
  // The same answer is the same bytes: no timings in it.
  output_format_write_statistics: 0,
  /** s */
  max_execution_time: 120,
  readonly: '1',
} satisfies ClickHouseSettings;

/** Settings of the embedded connection that inserts. */
export function writerSettings(memory: MemoryLimits): string[] {
  return settings({
    ...INSERTING,
    max_threads: 1,
    input_format_parallel_parsing: 0,
    max_memory_usage: memory.query,
  });
}

/** Settings of the embedded connections that read. */
export function readerSettings(memory: MemoryLimits): string[] {
  return settings({ ...READING, max_threads: 2, max_memory_usage: memory.query });
}

/** Settings of the embedded connections for users' statements. */
export function guestSettings(memory: MemoryLimits): string[] {
  return settings({ max_threads: 2, max_memory_usage: Math.floor(memory.query / 2), ...GUESTS });
}

function settings(values: Readonly<Record<string, number | string>>): string[] {
  return Object.entries(values).map(([name, value]) => `${name}=${value}`);
}
