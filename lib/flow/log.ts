import type { InputPosition, TopicPartition } from '#lib/flow/position';

/** A record read from the log. Values are shared: never change one. */
export interface LogRecord<Value = unknown> extends TopicPartition {
  readonly offset: number;
  /** The lead, or null for a record that concerns all. */
  readonly key: string | null;
  readonly value: Value | Undecodable;
}

/** Stands in for a value that no schema could read; its bytes go to the dead letters. */
export class Undecodable {
  constructor(
    readonly bytes: Uint8Array,
    readonly reason: string,
  ) {}
}

/** A record to be written, into a partition that the writer chooses. */
export interface Outgoing<Value = unknown> extends TopicPartition {
  readonly key: string | null;
  readonly value: Value;
}

/** Reads one partition in order, from a given offset on; offsets grow but may have gaps. */
export interface LogReader<Value = unknown> {
  /**
   * The next records, at most `limit` and at least one; waits for them. Resolves to an empty list when `signal`
   * is aborted (so does a reader that is closed). Rejects with a retriable error in an outage.
   */
  next(limit: number, signal: AbortSignal): Promise<readonly LogRecord<Value>[]>;
  close(): Promise<void>;
}

/** The right to write for one task. Held by the newest to open it; every older one is fenced. */
export interface TaskLog {
  /**
   * Committed positions of the task's inputs, read after the older owner was fenced; undefined where none was ever committed.
   * Only a newer owner can move them meanwhile: what they say of outputs read later counts if the task is still its own.
   */
  positions(inputs: readonly TopicPartition[]): Promise<readonly (InputPosition | undefined)[]>;
  /**
   * Writes outputs and positions together, or neither. Rejects with `fenced` if another has opened the task (nothing was
   * written), and with a retriable error if the outcome is unknown: throw the TaskLog away and open the task again. So an
   * empty commit tells whether the task is still its own.
   */
  commit(outputs: readonly Outgoing[], positions: readonly InputPosition[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * What the members of a group share: the partitions of `topics` in `shares` equal parts, numbered from 0. A fold's share is
 * a partition; a decider's is a shard, all of its partitions.
 */
export interface Sharing {
  readonly topics: readonly string[];
  readonly shares: number;
}

/**
 * Told which shares this member has; calls come one at a time. On a log of several machines a share may be assigned to
 * its new member before the old one hears that it is revoked: opening its tasks fences the old one.
 */
export interface Member {
  assigned(shares: readonly number[]): Promise<void>;
  revoked(shares: readonly number[]): Promise<void>;
  /** How far this member's own stores of shares are: who has the newest gets the share. Asked at every change. */
  progress?(): ReadonlyMap<number, number>;
  /** The membership cannot be kept: end the instance. */
  lost?(error: unknown): void;
}

/**
 * An append-only log of topics with fixed partition counts. Every adapter (memory, embedded, Kafka) passes the suite in
 * test/contracts.
 */
export interface Log {
  /** Number of partitions of a topic, fixed for life. Throws for an unknown topic. */
  partitions(topic: string): number;
  /** Appends outside of any task, all or nothing. Resolves when the records are durably in the log. */
  publish(records: readonly Outgoing[], positions?: readonly NamedPosition[]): Promise<void>;
  /** What `publish` last stored under this name: lets a source (an import) go on where its last durable publish ended. */
  namedPosition(name: string): Promise<string | undefined>;
  reader<Value>(at: TopicPartition, from: number): LogReader<Value>;
  /** The offset after the last committed record. */
  end(at: TopicPartition): Promise<number>;
  /** The offset of the oldest record still kept. */
  start(at: TopicPartition): Promise<number>;
  /** Opens a task: fences its older owner and settles what that one left open. */
  open(task: string): Promise<TaskLog>;
  /** The committed positions of a task that may be anyone's, as last seen: to look, not to go on from. */
  positionsOf(task: string, inputs: readonly TopicPartition[]): Promise<readonly (InputPosition | undefined)[]>;
  /** Joins a group of instances. Resolves when its shares are told; leave by the returned function. */
  join(group: string, sharing: Sharing, member: Member): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

/** A source's progress, stored atomically with the records it published. */
export interface NamedPosition {
  readonly name: string;
  readonly value: string;
}
