import type { Activity, Personal } from '#schemas/generated/records';
import type { Visits } from '#services/stage/climb';
import type { Line, Reason } from '#services/stage/story';
import type { Told } from '#services/stage/told';

/** Where a lead or visitor stands on the ladder, and what its next step may depend on. Times in ms. */
export interface LeadStage {
  readonly stage: string;
  /** When the stage was entered. */
  readonly since: number;
  /** How many times each stage was entered. */
  readonly visits: Visits;
  readonly known: boolean;
  /** Score last published, points. */
  readonly score: number;
  readonly personal: Personal;
  /** The newest activities, newest first. */
  readonly recent: readonly Line[];
  /** The largest reasons for the score, as last published. */
  readonly reasons: readonly Reason[];
  readonly quiet: Quiet | undefined;
  /** A to F; empty: the model grades nobody. */
  readonly grade: string;
  /** Why a rule of the model disqualifies the lead; null: none does. */
  readonly disqualified: string | null;
  /** Behaviours that came along from another owner since the stage was last judged. */
  readonly told: readonly Told[];
  /** When the last behaviour occurred that moved the stage, ms; 0: none has. */
  readonly heardAt: number;
  /** The newest activity that was judged was historic: what follows from waiting in the stage is recorded, not sent. */
  readonly historic: boolean;
}

/** The newest behaviour of the lead's own: quiet is counted from it. */
export interface Quiet {
  readonly since: number;
  /** Logged time at which it came. */
  readonly setAt: number;
  /** It was historic: what follows from waiting on it is recorded, not sent. */
  readonly historic: boolean;
}

/** What is known of the person, the newest word on each field; the same object if nothing is new. */
export function known(before: Personal, { personal }: Activity): Personal {
  const email = personal.email ?? before.email;
  const user_id = personal.user_id ?? before.user_id;
  const anonymous_id = personal.anonymous_id ?? before.anonymous_id;
  const traits = personal.traits === '{}' ? before.traits : personal.traits;
  const ip = personal.ip ?? before.ip;
  const user_agent = personal.user_agent ?? before.user_agent;
  const same =
    email === before.email &&
    user_id === before.user_id &&
    anonymous_id === before.anonymous_id &&
    traits === before.traits &&
    ip === before.ip &&
    user_agent === before.user_agent;
  return same ? before : { email, user_id, anonymous_id, traits, ip, user_agent };
}
