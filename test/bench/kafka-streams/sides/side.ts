/** One of the two at work on a workload, in processes of its own. */
export interface Running {
  readonly pids: readonly number[];
  /** Consumer groups whose positions say how far it is, in the order of the data, and the topic that each reads. */
  readonly groups: readonly { readonly group: string; readonly topic: string }[];
  /** Rejects when a process ends before it is told to. Never resolves. */
  readonly failed: Promise<never>;
  /** Ends it in order. Resolves to the files that hold its state, if they were asked for: a line for each lead. */
  stop(): Promise<readonly string[]>;
}

/** What both are given. */
export interface Given {
  readonly brokers: string;
  readonly registry: string;
  /** A folder of its own. */
  readonly dir: string;
}
