import type { MessagePort } from 'node:worker_threads';
import type { TopicPartition } from '#lib/flow/position';
import type { Write } from '#lib/log/embedded/writer';
import type { WiredError } from '#lib/threads/wired-error';

/** Records for a partition, as they are stored. */
export interface WiredAppend {
  readonly at: TopicPartition;
  readonly records: Uint8Array;
  readonly count: number;
}

/** What a replica asks of the log's owner. */
export type Request =
  | {
      readonly kind: 'write';
      /** Told again when it is done. */
      readonly id: number;
      readonly appends: readonly WiredAppend[];
      readonly settings: Write['settings'];
      readonly owner: Write['owner'];
    }
  /** From now on it is sent what is written there, and no longer. */
  | { readonly kind: 'follow'; readonly at: TopicPartition }
  | { readonly kind: 'leave'; readonly at: TopicPartition };

/** Where a partition stands on the disk after records were written there, or removed. */
export interface Grown {
  readonly at: TopicPartition;
  readonly start: number;
  readonly end: number;
  readonly bytes: number;
  /** Of records written. */
  readonly count: number;
  /** The records, for those who follow the partition and have not written them. */
  readonly records?: Uint8Array;
  /** The replica's own write of which it is a part. */
  readonly write?: number;
}

/** What the owner tells a replica, in the order of the log. */
export type Notice =
  | { readonly kind: 'grew'; readonly grown: readonly Grown[] }
  | { readonly kind: 'written'; readonly id: number; readonly written: boolean }
  | { readonly kind: 'failed'; readonly id: number; readonly error: WiredError };

/** Sends a message with the bytes in it, which are here no longer. */
export function send(port: MessagePort, message: Request | Notice, moved: readonly Uint8Array[] = []): void {
  port.postMessage(
    message,
    moved.map(({ buffer }) => buffer as ArrayBuffer),
  );
}

/** The bytes that were sent. */
export function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
