/** The JSON that /api gives: what the page reads. All times are ISO 8601 in UTC, all scores are points. */

import type { Total } from '#app/dashboard/total';
import type { NextStage } from '#app/next-stage/answer';

export interface FunnelStage {
  readonly stage: string;
  /** Leads (or visitors) that are there now. */
  readonly leads: number;
  /** Distinct ones that ever got there. */
  readonly reached: number;
  /** Share of those who reached the stage before; null for the first stage, beside the ladder, and where nobody did. */
  readonly conversion: number | null;
  /** A rung of the ladder of the model in force; false: beside it, or a stage that the model no longer has. */
  readonly ladder: boolean;
}

export interface TriggerRow {
  readonly trigger_id: string;
  readonly lead_id: string;
  /** Empty if not known. */
  readonly email: string;
  readonly program: string;
  /** As marketing calls it; the program's id if the model in force has no such program. */
  readonly program_name: string;
  readonly step: string;
  readonly channel: string;
  readonly template: string;
  readonly at: string;
  /** Why it was not sent; empty: it was. */
  readonly suppressed_by: string;
}

export interface HandoffRow {
  readonly handoff_id: string;
  readonly lead_id: string;
  readonly email: string;
  readonly rep: string;
  /** The rep's id if the model in force has no such rep. */
  readonly rep_name: string;
  readonly reason: string;
  readonly score: number;
  readonly at: string;
  readonly suppressed_by: string;
}

export interface LeadRow {
  readonly lead_id: string;
  /** False for a visitor. */
  readonly known: boolean;
  readonly email: string;
  /** As of `score_at`, which is now: what the lead's page and `explain` say then. */
  readonly score: number;
  readonly score_at: string;
  readonly grade: string;
  readonly stage: string;
  readonly stage_since: string;
  readonly first_seen: string;
  readonly last_seen: string;
  readonly activities: number;
  readonly source: string;
  readonly medium: string;
  readonly campaign: string;
}

export interface StageChange {
  readonly from_stage: string;
  readonly to_stage: string;
  readonly reason: string;
  readonly at: string;
}

/** What a lead did, and what changed its score without it. */
export type TimelineEntry = TimelineActivity | TimelineScoreChange;

/** A change of the score that no activity of the lead brought: time (something that was awaited did not happen), or a move. */
export interface TimelineScoreChange {
  readonly kind: 'score_change';
  readonly change_id: string;
  readonly at: string;
  /** wake: time alone; moved_out: an activity went to another lead; addresses: who counts as staff has changed. */
  readonly cause: string;
  /** Rules whose points came or went, one per contribution. */
  readonly rules: readonly string[];
  readonly score_before: number;
  readonly score_after: number;
  /** Points that came or went. */
  readonly delta: number;
}

export interface TimelineActivity {
  readonly kind: 'activity';
  readonly event_id: string;
  readonly name: string;
  readonly occurred_at: string;
  /** live, historic, or move (taken over from an anonymous visitor or a joined lead). */
  readonly cause: string;
  readonly url: string;
  readonly path: string;
  readonly title: string;
  readonly source: string;
  readonly campaign: string;
  /** A JSON object, as text. */
  readonly properties: string;
  readonly score_before: number;
  readonly score_after: number;
  readonly stage_before: string;
  readonly stage_after: string;
}

export interface ExplainedScore {
  readonly lead_id: string;
  readonly at: string;
  readonly score: number;
  readonly contributions: readonly ExplainedPoints[];
  /** A to F; empty if the model grades nobody. */
  readonly grade: string;
  /** Why the grade is what it is; null if the model grades nobody. */
  readonly fit: { readonly points: number; readonly reasons: readonly FitReason[] } | null;
  /** Why the model disqualifies the lead; null: it does not. */
  readonly disqualified: string | null;
}

/** An explanation that may have too many contributions to send: these and the rest together are the score. */
export interface ExplainedInPart extends ExplainedScore {
  /** What the contributions that are not here come to; they are smaller than those that are. */
  readonly rest: Total;
}

export interface FitReason {
  readonly rule: string;
  readonly points: number;
  readonly disqualifies: string | null;
}

export interface ExplainedPoints {
  readonly event_id: string;
  readonly rule: string;
  readonly model_version: string;
  readonly occurred_at: string;
  /** As the rule gives them. */
  readonly raw: number;
  /** What decay and caps have left. */
  readonly points: number;
  /** What decay has left. */
  readonly decayed: number;
  /** What caps took of that. */
  readonly capped: number;
}

export interface CurvePoint {
  readonly at: string;
  readonly score: number;
}

/** What becomes of a score if nothing more happens. */
export interface Outlook {
  readonly in_7_days: number;
  readonly in_30_days: number;
  /** What changes most within 7 days, at most 3; `ends_at`: the last moment at which it counts, if that is within them. */
  readonly next: readonly {
    readonly event_id: string;
    readonly rule: string;
    readonly points: number;
    readonly in_7_days: number;
    readonly ends_at: string | null;
  }[];
  /** Absences that will count, soonest first, at most 3. */
  readonly waiting: readonly {
    readonly event_id: string;
    readonly rule: string;
    readonly points: number;
    readonly at: string;
  }[];
  /** When the score falls below a level of the stages, or rises to one; soonest first. */
  readonly thresholds: readonly Crossing[];
}

export interface Crossing {
  readonly stage: string;
  readonly score: number;
  readonly direction: 'falls_below' | 'rises_to';
  readonly at: string;
}

/** One lead: the row is null while the tables have not caught up with the log. */
export interface LeadPage {
  readonly lead_id: string;
  readonly row: LeadRow | null;
  readonly stage_changes: readonly StageChange[];
  readonly explanation: ExplainedInPart | null;
  /** The score over time as known now, and 30 days ahead of `explanation.at` if nothing more happens. */
  readonly curve: readonly CurvePoint[];
  readonly outlook: Outlook | null;
  /** The stages that the lead can come to next, the nearest first, and what is missing; none at the top of the ladder. */
  readonly next_stages: readonly NextStage[];
  /** The scores at which the model in force moves leads to a stage. */
  readonly thresholds: readonly { readonly stage: string; readonly score: number }[];
}

export interface Stats {
  readonly events: number;
  readonly leads: number;
  readonly visitors: number;
  readonly dead_letters: number;
  /** Joins of leads for which somebody waits: nothing is decided about them meanwhile. */
  readonly open_joins: number;
  /** Since when the first of them does, ISO 8601; null: there is none. */
  readonly oldest_join: string | null;
  /** Events per second over the last 30 s. */
  readonly rate: number;
}

/** What the stream sends as `update`. */
export interface Snapshot {
  readonly at: string;
  readonly funnel: readonly FunnelStage[];
  readonly triggers: readonly TriggerRow[];
  readonly handoffs: readonly HandoffRow[];
  readonly stats: Stats;
}

/** Every answer that is not 2xx. */
export interface Refusal {
  readonly error: string;
}
