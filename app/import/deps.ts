import type { Progress } from '#app/import/progress';
import type { Log } from '#lib/flow/log';
import type { Clock, Hash } from '#lib/flow/ports';
import type { ModelFiles } from '#lib/model/model';

/** What an import works with. */
export interface ImportDeps {
  readonly log: Pick<Log, 'publish' | 'namedPosition'>;
  readonly hash: Hash;
  readonly clock: Pick<Clock, 'now'>;
  /** NDJSON in Segment's shape, in chunks of any size. */
  readonly input: AsyncIterable<Uint8Array>;
  /** Reads the input once more; for a file. */
  readonly reopen?: (() => AsyncIterable<Uint8Array>) | undefined;
  /** The file's name, - for standard input. */
  readonly inputName: string;
  /** Time follows the events: for a log without activities. An import that goes on keeps what it began with. */
  readonly ownTime: boolean;
  /** The model to govern the events: goes into the log before the first of them. */
  readonly model?: { readonly version: string; readonly files: ModelFiles } | undefined;
  /** Told of what has become durable. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the import between two publishes; run again on the same input, it goes on. */
  readonly signal?: AbortSignal | undefined;
}
