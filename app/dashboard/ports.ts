import type { Deciding } from '#app/next-stage/answer';
import type { Clock } from '#lib/flow/ports';
import type { Model } from '#lib/model/model';
import type { ScoreAt } from '#services/score/curve';
import type { Explained } from '#services/score/explain';
import type { Outlook } from '#services/score/outlook';

/** A score to the last point, as known now: the sum of `points` is `score`. */
export interface Explanation extends Explained {
  readonly lead_id: string;
}

/** What the dashboard needs of the model in force; a Model is one. */
export interface ModelFacts extends Pick<Model, 'programs' | 'routing'>, Deciding {}

export interface DashboardPorts {
  /**
   * Runs a SELECT on ClickHouse with `{name:Type}` parameters; rows as objects by column name (JSONEachRow). Rejects in an
   * outage: the dashboard answers 503 and tries again with the next change.
   */
  readonly query: (sql: string, params: Record<string, unknown>) => Promise<readonly unknown[]>;
  /** The score of a lead (by its present lead id) at a time, by default now; undefined for a lead that is not known. */
  readonly explain: (lead: string, at?: number) => Promise<Explanation | undefined>;
  /** What the score of a lead (by its present lead id) will do from a time (ms) on if nothing more happens. */
  readonly outlook: (lead: string, at: number) => Promise<Outlook | undefined>;
  /** Its score over time, and 30 days ahead of a time (ms); empty if nothing ever counts. */
  readonly curve: (lead: string, at: number) => Promise<readonly ScoreAt[]>;
  /** The present lead id behind a lead id (also an old one), an email or a userId; undefined if there is none. */
  readonly resolveLead: (reference: string) => Promise<string | undefined>;
  /** Calls back when something new can be queried, as often as it likes; stops when the returned function is called. */
  readonly subscribe: (listener: () => void) => () => void;
  /** The model in force; undefined before the first one. */
  readonly model: () => Promise<ModelFacts | undefined>;
  readonly clock: Pick<Clock, 'now'>;
}
