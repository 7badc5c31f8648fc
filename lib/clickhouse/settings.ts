import type { ClickHouseSettings } from '@clickhouse/client';

const MB = 1024 * 1024;

export interface MemoryLimits {
  /** What the server may use for queries, inserts and merges together, bytes. */
  readonly server: number;
  /** What one query or insert may use, bytes. */
  readonly query: number;
}

export const DEFAULT_MEMORY: MemoryLimits = { server: 512 * MB, query: 384 * MB };

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

/** What users' statements have, on every ClickHouse. */
export const GUESTS = {
  ...READING,
  // The same answer is the same bytes: no timings in it.
  output_format_write_statistics: 0,
  /** s */
  max_execution_time: 120,
} satisfies ClickHouseSettings;

/** A server's silence that counts as an outage, ms; for users' statements, over the time that they may take. */
export const OWN_SILENCE = 60_000;
export const GUEST_SILENCE = GUESTS.max_execution_time * 1000 + 10_000;
