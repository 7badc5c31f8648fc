import type { NextStage } from '#app/next-stage/answer';
import type { ModelFault } from '#lib/model/model';
import type { DeadLetter } from '#schemas/generated/records';
import type { Explained } from '#services/score/explain';
import type { Outlook } from '#services/score/outlook';

/** A score to the last point, and what goes with it: the sum of `points` is `score`. Times in ms since 1970 UTC. */
export interface Explanation extends Explained {
  readonly lead_id: string;
  /** The stage at `at`; null: not known here, as of what was published. */
  readonly stage: StageHeld | null;
  /** What the score will do after `at`; null of what was published. */
  readonly outlook: Outlook | null;
  /** What is missing for the next stages, the nearest first; null where the stage is not known here. */
  readonly next_stages: readonly NextStage[] | null;
}

/** The stage that a lead is in. */
export interface StageHeld {
  readonly stage: string;
  readonly since: number;
  /** How often the lead has entered it. */
  readonly visits: number;
  readonly reason: string;
}

/** A stage of the ladder or beside it, in the order to show. */
export interface FunnelStage {
  readonly stage: string;
  /** Leads (for the first stage also visitors) that are in it now. */
  readonly leads: number;
  /** Leads that ever reached it or a later stage of the ladder. */
  readonly reached: number;
}

export interface Verification {
  /** What was recomputed from the log, e.g. 2,000 scores. */
  readonly compared: readonly { readonly what: string; readonly count: number }[];
  readonly differences: readonly Difference[];
}

/** A stored value that the log does not give. */
export interface Difference {
  /** Store, topic or table. */
  readonly where: string;
  readonly key: string;
  /** In plain text; empty: not there. */
  readonly stored: string;
  readonly recomputed: string;
}

export type ApplyOutcome =
  | {
      readonly kind: 'applied' | 'unchanged';
      readonly version: string;
      /** What is worth knowing of the model beside the data, one plain line each. */
      readonly notes: readonly string[];
    }
  | { readonly kind: 'faulty'; readonly faults: readonly ModelFault[] };

export type StoredDeadLetter = DeadLetter;

export interface RetryOutcome {
  /** Dead letters that went back into the log. */
  readonly retried: number;
  /** Those that were refused again, for the reason given. */
  readonly refused: readonly { readonly dead_letter_id: string; readonly detail: string }[];
  /** Ids that no dead letter has. */
  readonly unknown: readonly string[];
}

export interface ImportSummary {
  /** False: interrupted, or the input broke off; running it again goes on. */
  readonly finished: boolean;
  /** True: the same input was imported before, and nothing was added. */
  readonly known: boolean;
  readonly lines: number;
  readonly accepted: number;
  /** Lines that were in the log already, e.g. publishers' retries. */
  readonly duplicates: number;
  readonly dead_letters: number;
  /** Dead letters that are dated in the future, and where the first of them are, e.g. line 17. */
  readonly in_the_future: number;
  readonly future_lines: readonly string[];
  /** Leads in the folder now. */
  readonly leads: number;
}
