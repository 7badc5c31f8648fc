import type { TableRow } from '#lib/clickhouse/row';
import { NOTHING_KNOWN } from '#lib/facts/facts';
import { drive } from '#lib/flow/drive';
import { USUAL_IDENTITY } from '#lib/model/identity';
import type { CompileModel } from '#lib/model/model';
import type { Activity, Contribution, MovedOut, Scored, Staged } from '#schemas/generated/records';
import { type StageMessage, TOPICS } from '#schemas/topics';
import { createAnalyzeTopologies } from '#services/analyze/topology';
import { NOON } from '#test/given/activity';
import { createFactsBook } from '#test/given/facts-of';
import { NO_LADDER, NO_SCORING } from '#test/given/model';

/** What the tests of this service are given. */

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;
export function contribution(over: Partial<Contribution> = {}): Contribution {
  return {
    event_id: 'e1',
    rule: 'pricing_page',
    model_version: 'm1',
    occurred_at: NOON,
    raw: 10,
    points: 10,
    capped: 0,
    ...over,
  };
}

/** A record of lead.stages without a cause of its own: a wake-up of the stage. */
export function staged(over: Partial<Staged> = {}): Staged {
  const at = over.at ?? NOON;
  return {
    seq: 1,
    step: 0,
    logged_at: at,
    lead_id: 'ada',
    scored: null,
    cause_id: 'e1',
    at,
    historic: false,
    known: false,
    stage_before: 'visitor',
    stage_after: 'visitor',
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

/** The record that an activity brings about. */
export function did(done: Activity, over: Partial<Staged> = {}, score: Partial<Scored['score']> = {}): Staged {
  const scored = scoredBy('activity', over.seq ?? done.seq, done.lead_id, done.logged_at, { activity: done }, score);
  return staged({ seq: done.seq, lead_id: done.lead_id, at: done.logged_at, cause_id: done.event_id, scored, ...over });
}

/** The record of an activity that counts for nothing. */
export function excluded(done: Activity, why: string): Staged {
  const by = { activity: done, excluded: why };
  return staged({ seq: done.seq, cause_id: done.event_id, scored: scoredBy('activity', done.seq, 'ada', NOON, by) });
}

/** The record that takes an activity from its lead. */
export function lost(done: Activity, seq: number, over: Partial<Staged> = {}): Staged {
  const moved: MovedOut = {
    seq,
    logged_at: NOON,
    lead_id: done.lead_id,
    to_lead_id: 'someone',
    event_id: done.event_id,
    publisher: done.publisher,
    name: done.name,
    occurred_at: done.occurred_at,
    cause_event_id: 'e9',
    input_offset: 0,
  };
  const scored = scoredBy('moved_out', seq, done.lead_id, NOON, { moved_out: moved });
  return staged({ seq, lead_id: done.lead_id, cause_id: done.event_id, scored, ...over });
}

/** The record that ends a lead: it is part of another now. */
export function merged(leadId: string, seq: number): Staged {
  const merge = { seq, logged_at: NOON, lead_id: leadId, into_lead_id: 'other', cause_event_id: 'e9', input_offset: 0 };
  const scored = scoredBy('merged', seq, leadId, NOON, { merged: merge });
  return staged({ seq, lead_id: leadId, scored, stage_after: '' });
}

function scoredBy(
  cause: Scored['cause'],
  seq: number,
  leadId: string,
  at: number,
  by: Partial<Scored>,
  score: Partial<Scored['score']> = {},
): Scored {
  return {
    seq,
    step: 0,
    logged_at: at,
    lead_id: leadId,
    cause,
    cause_id: 'e1',
    at,
    historic: false,
    activity: null,
    moved_out: null,
    merged: null,
    score: { at, before: 0, after: 0, added: [], removed: [], reasons: [], ...score },
    due_at: null,
    grade: '',
    disqualified: null,
    excluded: null,
    ...NOTHING_KNOWN,
    ...by,
  };
}

/** The stages of the tests' model, from the bottom of the ladder; dormant is beside it. */
export const STAGES = 'visitor lead mql sql opportunity customer | dormant';

/** Compiles files that only name stages, and what caps depend on: `{ stages: 'visitor lead | dormant', caps: '60' }`. */
export const compileStages: CompileModel = ({ stages = '', caps = '' }) => {
  const [ladder = [], beside = []] = stages.split(' | ').map((names) => names.split(' '));
  const routing = { onStage: 'mql', reason: 'ready', reps: [] };
  const scoring = { ...NO_SCORING, hasCaps: caps !== '', caps };
  const model = { version: stages, engine: 4, scoring, programs: [], routing, identity: USUAL_IDENTITY };
  return { ok: true, model: { ...model, stages: { ...NO_LADDER, ladder, beside } } };
};

/** A model with these stages comes into force; its name is `version`. */
export function applies(stages: string, seq = 0, version = stages): StageMessage {
  const value = {
    seq,
    logged_at: NOON,
    model_version: version,
    files: { stages },
    input_offset: 0,
    own_time: false,
    identity_key: null,
  };
  return { type: 'ModelApplied', value };
}

/** A model with these caps comes into force, at a time, ms. */
export function appliesCaps(caps: string, logged_at: number, seq: number): StageMessage {
  const files = { stages: STAGES, caps };
  const value = {
    seq,
    logged_at,
    model_version: `caps ${caps}`,
    files,
    input_offset: 0,
    own_time: false,
    identity_key: null,
  };
  return { type: 'ModelApplied', value };
}

/** All rows that messages of one partition of lead.stages lead to, in the order of writing. */
export function rowsOfMessages(messages: readonly StageMessage[], partition = 0): TableRow[] {
  const topologies = createAnalyzeTopologies({ hash: (text) => `#${text}`, compile: compileStages });
  const running = drive(topologies, () => partition + 1);
  const book = createFactsBook();
  for (const message of messages) {
    const told: StageMessage = message.type === 'Staged' ? { type: 'Staged', value: book(message.value) } : message;
    const key = told.type === 'Staged' ? told.value.lead_id : null;
    running.publish(TOPICS.stages, told, told.value.logged_at, partition, key);
  }
  return running.rows().filter(isTableRow);
}

/** All rows that records of one partition of lead.stages lead to, in the order of writing, without that of the ladder in force. */
export function rowsOf(records: readonly Staged[], partition = 0): TableRow[] {
  const messages = records.map((value): StageMessage => ({ type: 'Staged', value }));
  return rowsOfMessages([applies(STAGES), ...messages], partition).filter(({ table }) => table !== 'ladders_rows');
}

/** The rows of one table, as written. */
export function written(rows: readonly TableRow[], table: string): TableRow['row'][] {
  return rows.filter((row) => row.table === table).map(({ row }) => row);
}

/** The last row of each lead or counter, by its key; tombstones and empty counters left out. */
export function shown(rows: readonly TableRow[], table: string, key: readonly string[]): TableRow['row'][] {
  const last = new Map(written(rows, table).map((row) => [key.map((column) => row[column]).join('/'), row]));
  return [...last.values()].filter((row) => row.deleted !== 1 && (row.entered !== 0 || row.current !== 0));
}

export function isTableRow(value: unknown): value is TableRow {
  return typeof value === 'object' && value !== null && 'table' in value && 'row' in value;
}
