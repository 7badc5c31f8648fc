import type { Model, ModelFiles } from '#lib/model/model';
import type { Activity, Trigger } from '#schemas/generated/records';

/** Port: leads one lead through the pipeline under a model, in memory, and tells what became of it. */
export interface ModelHarness {
  /** `activities` are live, of one lead, in the order in which they were logged. */
  begin(tested: TestedModel, activities: readonly Activity[]): HarnessStory;
}

export interface HarnessStory {
  /**
   * What has become of the lead when time has passed up to and including `until`, ms since 1970 UTC: what was logged and what is
   * due by then has happened. Look at it before the next call; time does not go back. Throws if the model cannot be run.
   */
  at(until: number): HarnessRun;
}

export interface TestedModel {
  readonly model: Model;
  /** What `model` was compiled from. */
  readonly files: ModelFiles;
}

export interface HarnessRun {
  /** Score at a time up to `until`, points. */
  scoreAt(time: number): number;
  /** Stage at `until`. */
  readonly stage: string;
  /** Grade at `until`; empty under a model that grades nobody. */
  readonly grade: string;
  /** Why the lead is disqualified at `until`; null: it is not. */
  readonly disqualified: string | null;
  /** Decided by `until`, in order. */
  readonly triggers: readonly Pick<Trigger, 'program' | 'step' | 'at' | 'suppressed_by'>[];
}
