/** The only source of the present: only identify and collect read it. */
export interface Clock {
  /** ms since 1970 UTC */
  now(): number;
  /** Resolves after `ms`, or earlier when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** A stable hash of a text: 32 hex characters (128 bits of SHA-256). */
export type Hash = (text: string) => string;

/** Where a fold writes rows instead of log records. Must be idempotent: the same rows may come again after a crash. */
export interface Sink<Row> {
  /** Resolves when the rows are acknowledged. Rejects with a retriable error in an outage. */
  write(rows: readonly Row[]): Promise<void>;
}
