import type { ModelCheck } from '#app/check/check';
import type {
  ApplyOutcome,
  Explanation,
  FunnelStage,
  ImportSummary,
  RetryOutcome,
  StoredDeadLetter,
  Verification,
} from '#app/cli/reports';
import type { Answer } from '#app/folder/answer';
import type { ImportInput, Reading } from '#app/import/deps';
import type { ModelFiles } from '#lib/model/model';

export interface OpenOptions {
  /** An existing folder that this process has claimed, as the user wrote it. */
  readonly dir: string;
  /**
   * serve: identify reads the clock, ticks flow; import: time is the import's; answer: what the log holds is worked off
   * and queried, nothing else happens.
   */
  readonly mode: 'serve' | 'import' | 'answer';
  /** The model's folder, applied if it differs from the model in force; undefined: the model in force stays. */
  readonly modelDir: string | undefined;
  /** The file that lists the sources, as the user named it; left out: where it usually is. */
  readonly sourcesFile?: string | undefined;
  /** How long events and dead letters are kept from now on, days; left out: as the folder was told last. */
  readonly retentionDays?: number | undefined;
  /** Memory for what services keep at hand, megabytes; left out: as the environment says. */
  readonly cache?: number | undefined;
  /** Of an import: threads beside the first that share its work; left out: as the machine has cores. */
  readonly threads?: number | undefined;
  /** Only in mode serve: the port of 127.0.0.1 at which ClickHouse answers analysts, or the next that is free; left out: any. */
  readonly clickhousePort?: number | undefined;
  /** Aborted when the command is interrupted: opening may end early, by rejecting. */
  readonly signal: AbortSignal;
  /** Tells the user something meanwhile, in one plain line. */
  readonly notice: (line: string) => void;
}

/** Opens all of Leadstream in a data folder. Rejects with an error whose message is one plain line for the user. */
export type OpenEmbedded = (options: OpenOptions) => Promise<Opened>;

/** What a folder's owner answers to commands. */
export type Answering = Pick<
  Opened,
  'sql' | 'explain' | 'funnel' | 'verify' | 'applyModel' | 'deadLetters' | 'retryDeadLetters'
>;

/** An open data folder. Calls may run side by side; every rejection's message is one plain line for the user. */
export interface Opened {
  /** Writes the rows as ClickHouse gives them in `format`; stops when the answer's signal is aborted. */
  sql(query: string, format: string, answer: Answer): Promise<void>;
  /** undefined: no such lead. */
  explain(question: ExplainQuestion): Promise<Explanation | undefined>;
  funnel(): Promise<readonly FunnelStage[]>;
  verify(signal: AbortSignal, onProgress: (progress: VerifyProgress) => void): Promise<Verification>;
  applyModel(files: ModelFiles): Promise<ApplyOutcome>;
  /** The newest first. */
  deadLetters(limit: number): AsyncIterable<StoredDeadLetter>;
  retryDeadLetters(which: readonly string[] | 'all'): Promise<RetryOutcome>;
  /** Only in mode import. Resolves when the pipeline is idle again, or soon after `signal` is aborted. */
  importLines(source: ImportSource): Promise<ImportSummary>;
  /** Only in mode serve. Resolves when the page answers. Rejects with EADDRINUSE as `code` if the port is taken. */
  serve(options: ServeOptions): Promise<Serving>;
  /** Ends everything in an orderly way, within seconds; what was acknowledged is kept. */
  close(): Promise<void>;
}

/** How far a verification is: in which of its parts, and how many records it has read for that one. */
export interface VerifyProgress {
  readonly part: number;
  readonly parts: number;
  readonly what: string;
  readonly records: number;
}

export interface ExplainQuestion {
  /** Lead id (also an old one), email or userId. */
  readonly lead: string;
  /** ms since 1970 UTC */
  readonly at: number | 'now';
  /** True: what had been emitted by then; false: as known now. */
  readonly asPublished: boolean;
}

export interface ImportSource {
  readonly inputs: readonly ImportInput[];
  /** The name of the source whose events these are; undefined: the import's own. */
  readonly source: string | undefined;
  /** Whether that source may report a behaviour; undefined: any. */
  readonly may: ((behaviour: string) => boolean) | undefined;
  /** False: events are logged in the order of the input. */
  readonly sorted: boolean;
  /** Events that lie behind logged time are taken all the same, as received now. */
  readonly historic: boolean;
  readonly signal: AbortSignal;
  /** Called often; must be cheap. */
  readonly onProgress: (progress: ImportProgress) => void;
  /** A line went to the dead letters. `where`: e.g. line 17, with its file's name if there are several. */
  readonly onRefused: (where: string, detail: string) => void;
}

/** While the inputs are read and sorted, then while they are imported. */
export type ImportProgress =
  | ({ readonly phase: 'reading' } & Reading)
  | {
      readonly phase: 'importing';
      /** Lines done. */
      readonly lines: number;
      /** Events that the whole pipeline has worked off. */
      readonly events: number;
    };

export interface AnalystAccess {
  readonly url: string;
  readonly user: string;
  readonly passwordFile: string;
}

export interface ServeOptions {
  readonly host: string;
  /** 0: any free one */
  readonly port: number;
  /** Sends generated traffic through HTTP. */
  readonly demo: boolean;
}

export interface Serving {
  readonly url: string;
  /** Where analysts ask ClickHouse, and as whom; undefined: nowhere but through here. */
  readonly analysts?: AnalystAccess | undefined;
  /** Rejects if the pipeline can't go on; never resolves otherwise. */
  readonly failed: Promise<never>;
  /** Takes no more events, and answers those under way. */
  close(): Promise<void>;
}

/** Checks the model in a folder and runs its tests. Rejects if the folder cannot be read. */
export type CheckModel = (dir: string) => Promise<ModelCheck>;
