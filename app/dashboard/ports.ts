import type { Clock } from '#lib/flow/ports';
import type { Model } from '#lib/model/model';

/** What one activity, or its absence, adds to a score. Times in ms since 1970 UTC. */
export interface ExplainedContribution {
  readonly event_id: string;
  readonly rule: string;
  readonly model_version: string;
  readonly occurred_at: number;
  /** Points before decay. */
  readonly raw: number;
  /** Points at the explanation's `at`. */
  readonly points: number;
}

/** A score to the last point, as known now: the sum of `points` is `score`. */
export interface Explanation {
  readonly lead_id: string;
  /** The time the score is of, ms since 1970 UTC. */
  readonly at: number;
  readonly score: number;
  readonly contributions: readonly ExplainedContribution[];
}

/** What the dashboard needs of the model in force; a Model is one. */
export interface ModelFacts extends Pick<Model, 'programs' | 'routing'> {
  readonly scoring: Pick<Model['scoring'], 'rule'>;
  readonly stages: Pick<Model['stages'], 'moves'>;
}

export interface DashboardPorts {
  /**
   * Runs a SELECT on ClickHouse with `{name:Type}` parameters; rows as objects by column name (JSONEachRow). Rejects in an
   * outage: the dashboard answers 503 and tries again with the next change.
   */
  readonly query: (sql: string, params: Record<string, unknown>) => Promise<readonly unknown[]>;
  /** The score of a lead (by its present lead id) at a time, by default now; undefined for a lead that is not known. */
  readonly explain: (lead: string, at?: number) => Promise<Explanation | undefined>;
  /** The present lead id behind a lead id (also an old one), an email or a userId; undefined if there is none. */
  readonly resolveLead: (reference: string) => Promise<string | undefined>;
  /** Calls back when something new can be queried, as often as it likes; stops when the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The model in force; undefined before the first one. */
  readonly model: () => Promise<ModelFacts | undefined>;
  readonly clock: Pick<Clock, 'now'>;
}
