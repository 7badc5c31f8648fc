import { NO_FACTS, NOTHING_KNOWN } from '#lib/facts/facts';
import { USUAL_IDENTITY } from '#lib/model/identity';
import type { CompileModel, Model, Program, ProgramStep } from '#lib/model/model';
import type { Activity, Facts, Personal, Scored, Staged } from '#schemas/generated/records';
import { activity as anActivity, NOBODY, NOON } from '#test/given/activity';
import { NO_LADDER, NO_SCORING, stageMove } from '#test/given/model';

/** What the tests of this service are given. */

export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

export const ADA: Personal = { ...NOBODY, email: 'ada@example.com' };

/** All that is known of the lead is who it is. */
export function factsOf(personal: Personal): Facts {
  return { ...NO_FACTS, personal };
}

export function mail(id: string, after: number, over: Partial<ProgramStep> = {}): ProgramStep {
  return { id, after, maxLateness: 2 * DAY, channel: 'mail', template: `${id}.html`, topic: undefined, ...over };
}

/** A behaviour program, entered by one white paper, for leads and MQLs, once. */
export function program(over: Partial<Program> = {}): Program {
  return {
    id: 'papers',
    name: 'White paper',
    enter: { kind: 'behaviour', name: 'asset_downloaded', matches: () => true, count: 1, within: 0 },
    audience: new Set(['lead', 'mql']),
    reentryAfter: Number.POSITIVE_INFINITY,
    exitOn: new Set(),
    steps: [mail('case_study', 0)],
    ...over,
  };
}

export function pricing(count: number, within: number): Program['enter'] {
  const matches: (subject: { activity: Activity }) => boolean = ({ activity }) => activity.path === '/pricing';
  return { kind: 'behaviour', name: 'page_viewed', matches, count, within };
}

/** Compiles files that only name a version: `{ version: 'v1' }`. */
export function compileOf(versions: { readonly [version: string]: readonly Program[] }, engine = 2): CompileModel {
  return (files) => {
    const version = files.version ?? '';
    const programs = versions[version];
    if (programs === undefined) {
      const fault = { file: 'version', line: 1, problem: `unknown ${version}`, remedy: 'name a known one' };
      return { ok: false, faults: [fault] };
    }
    const model: Model = {
      version,
      engine,
      scoring: NO_SCORING,
      stages: NO_LADDER,
      programs,
      routing: { onStage: 'mql', reason: 'ready', reps: [] },
      identity: USUAL_IDENTITY,
    };
    return { ok: true, model };
  };
}

/** A live activity at noon; `name` and `event_id` usually differ. */
export function activity(over: Partial<Activity> = {}): Activity {
  return anActivity({ known: true, name: 'asset_downloaded', personal: ADA, ...over });
}

/** The wide fact about something that happened to Ada, a lead. */
export function staged(over: Partial<Staged>): Staged {
  const at = over.at ?? over.logged_at ?? NOON;
  return {
    seq: 1,
    step: 0,
    logged_at: at,
    lead_id: 'ada',
    scored: null,
    cause_id: 'rule',
    at,
    historic: false,
    known: true,
    stage_before: 'lead',
    stage_after: 'lead',
    moves: [],
    score: 0,
    story: null,
    due_at: null,
    grade: '',
    score_at: at,
    facts: null,
    decisions: null,
    ...over,
  };
}

export function scored(over: Partial<Scored>): Scored {
  return {
    seq: 1,
    step: 0,
    logged_at: NOON,
    lead_id: 'ada',
    cause: 'activity',
    cause_id: '',
    at: NOON,
    historic: false,
    activity: null,
    moved_out: null,
    merged: null,
    score: { at: NOON, before: 0, after: 0, added: [], removed: [], reasons: [] },
    due_at: null,
    grade: '',
    disqualified: null,
    excluded: null,
    ...NOTHING_KNOWN,
    ...over,
  };
}

/** How Ada becomes an MQL. */
export const toMql = {
  stage_after: 'mql',
  moves: [stageMove({ from_stage: 'lead', to_stage: 'mql', reason: 'score 50', at: NOON })],
};
