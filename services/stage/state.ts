import type { Activity, Personal } from '#schemas/generated/records';
import type { Line, Reason } from '#services/stage/story';

/** Where a lead or visitor stands on the ladder, and what its next step may depend on. Times in ms. */
export interface LeadStage {
  readonly stage: string;
  readonly known: boolean;
  /** Score last published, points. */
  readonly score: number;
  readonly personal: Personal;
  /** The newest activities, newest first. */
  readonly recent: readonly Line[];
  /** The largest reasons for the score, as last published. */
  readonly reasons: readonly Reason[];
  readonly quiet: Quiet | undefined;
}

/** The newest behaviour of the lead's own: quiet is counted from it. */
export interface Quiet {
  readonly since: number;
  /** Logged time at which it came. */
  readonly setAt: number;
  /** It was historic: what follows from waiting on it is recorded, not sent. */
  readonly historic: boolean;
}

export const NOBODY: Personal = {
  email: null,
  user_id: null,
  anonymous_id: null,
  traits: '{}',
  ip: null,
  user_agent: null,
};

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
