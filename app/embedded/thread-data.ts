import type { MessagePort } from 'node:worker_threads';

/** What a thread is given to begin with (thread.ts). */
export interface ThreadData {
  /** The data folder. */
  readonly dir: string;
  /** Of each topic. */
  readonly partitions: Readonly<Record<string, number>>;
  /** As in runner.ts. */
  readonly cache: number;
  readonly ticks: boolean;
  /** To the log's owner, to ClickHouse, and to who says which tasks run. */
  readonly ports: { readonly log: MessagePort; readonly clickhouse: MessagePort; readonly tasks: MessagePort };
}
