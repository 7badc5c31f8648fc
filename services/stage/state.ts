import type { Contribution, Personal } from '#schemas/generated/records';
import type { Line } from '#services/stage/story';

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
  readonly reasons: readonly Contribution[];
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
