import type { DiskSpace } from '#app/import/disk';
import type { Progress } from '#app/import/progress';
import type { Log } from '#lib/flow/log';
import type { Clock, Hash } from '#lib/flow/ports';
import type { ModelFiles } from '#lib/model/model';
import type { SortLimits } from '#lib/spool/sorter';

/** What events are read from: NDJSON in Segment's shape. */
export interface ImportInput {
  /** The file's name as the user wrote it, - for standard input. */
  readonly name: string;
  /** Bytes; undefined for a pipe, which can be opened once only. */
  readonly size: number | undefined;
  /** From its start, in chunks of any size. */
  open(): AsyncIterable<Uint8Array>;
}

/** Where the log stands. */
export interface Logged {
  /** Latest logged time, ms since 1970 UTC. */
  readonly at: number;
  /** Nothing but imports that brought their own time made it. */
  readonly ownTime: boolean;
}

/** What stood in the installation before an import, to tell afterwards what it added. */
export interface Standing {
  /** Rows of activities. */
  readonly activities: number;
  /** Where the dead letters end in the log. */
  readonly deadLetters: number;
}

/** How far the reading of the inputs is. */
export interface Reading {
  readonly lines: number;
  readonly bytes: number;
  /** Bytes to be read; undefined if an input is a pipe. */
  readonly of: number | undefined;
}

/** What an import works with. */
export interface ImportDeps {
  readonly log: Pick<Log, 'publish' | 'namedPosition'>;
  readonly hash: Hash;
  readonly clock: Pick<Clock, 'now'>;
  /** All of them are one import. Not sorted it takes the first only. */
  readonly inputs: readonly ImportInput[];
  /** The name of the source whose events these are; undefined: the import's own. */
  readonly source?: string | undefined;
  /** Whether that source may report a behaviour; undefined: any. */
  readonly may?: ((behaviour: string) => boolean) | undefined;
  /** False: events are logged in the order of the input, as received when they are read. */
  readonly sorted: boolean;
  /** Events that lie behind logged time are taken all the same, as received now. */
  readonly historic: boolean;
  /** Undefined: nothing was ever logged, time then follows the events. An import that goes on keeps what it began with. */
  readonly logged: Logged | undefined;
  readonly standing?: Standing | undefined;
  /** A folder of the import's own; it is there while an import is under way. */
  readonly spoolDir: string;
  readonly disk: DiskSpace;
  readonly limits?: SortLimits | undefined;
  /** The command that goes on with what the spool holds, for messages. */
  readonly goOn: string;
  /** The model to govern the events: goes into the log before the first of them. */
  readonly model?: { readonly version: string; readonly files: ModelFiles } | undefined;
  readonly onReading?: ((reading: Reading) => void) | undefined;
  /** Told of what has become durable. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Ends the import between two publishes; run again on the same input, it goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** How an import ended. */
export interface Imported {
  readonly progress: Progress;
  /** The same input was imported before: nothing was added. */
  readonly known: boolean;
}

/** Whether the import was told to end. */
export function stopped({ signal }: Pick<ImportDeps, 'signal'>): boolean {
  return signal?.aborted === true;
}
