import type { Held } from '#lib/model/held';
import type { Facts } from '#schemas/generated/records';
import type { Visits } from '#services/stage/climb';
import type { Line, Reason } from '#services/stage/story';
import type { Told } from '#services/stage/told';

/** Where a lead or visitor stands on the ladder, and what its next step may depend on. Times in ms. */
export interface LeadStage extends Held {
  readonly stage: string;
  /** When the stage was entered. */
  readonly since: number;
  /** How many times each stage was entered. */
  readonly visits: Visits;
  readonly known: boolean;
  /** Score last published, points, and the time that it is of. */
  readonly score: number;
  readonly scoreAt: number;
  /** As last published: score says what is true of a lead, and nothing of it is derived here. */
  readonly facts: Facts;
  /** The newest activities, newest first. */
  readonly recent: readonly Line[];
  /** The largest reasons for the score, as last published. */
  readonly reasons: readonly Reason[];
  /** The newest behaviour of the lead's own, as last published; undefined: there is none. Quiet is counted from it. */
  readonly own: Own | undefined;
  /** A to F; empty: the model grades nobody. */
  readonly grade: string;
  /** Why a rule of the model disqualifies the lead; null: none does. */
  readonly disqualified: string | null;
  /** Behaviours that came along from another owner since the stage was last judged. */
  readonly told: readonly Told[];
  /** When the last behaviour occurred that moved the stage, ms; 0: none has. */
  readonly heardAt: number;
  /** Since when nothing may be decided about it, and until when nothing might; absent: all is judged that came meanwhile. */
  readonly held?: { readonly since: number; readonly until: number | undefined } | undefined;
  /** The wake-ups of score's that came meanwhile, oldest first. */
  readonly owed?: readonly Own[] | undefined;
  /** The newest activity that was judged was historic: what follows from waiting in the stage is recorded, not sent. */
  readonly historic: boolean;
}

export interface Own {
  readonly at: number;
  /** It was historic: what follows from waiting on it is recorded, not sent. */
  readonly historic: boolean;
}
