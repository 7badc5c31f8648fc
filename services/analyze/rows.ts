import type { TableRow } from '#lib/clickhouse/row';
import type { Hash } from '#lib/flow/ports';
import { occasionOf } from '#lib/model/occasion';
import type { Activity, Scored, Staged } from '#schemas/generated/records';
import { isPresent, type LeadState } from '#services/analyze/lead';

const SECOND = 1000;
const NOWHERE = { source: '', medium: '', campaign: '' };

/** An activity with its effect; a re-emission under a new owner replaces it, by its later (seq, step). */
export function activityRow(staged: Staged, scored: Scored, activity: Activity): TableRow {
  return {
    table: 'activities_rows',
    row: {
      lead_id: staged.lead_id,
      event_id: activity.event_id,
      publisher: activity.publisher,
      name: activity.name,
      occurred_at: activity.occurred_at,
      received_at: activity.received_at,
      logged_at: activity.logged_at,
      cause: activity.cause,
      url: activity.url ?? '',
      path: activity.path ?? '',
      referrer: activity.referrer ?? '',
      title: activity.title ?? '',
      source: activity.source ?? '',
      medium: activity.medium ?? '',
      campaign: activity.campaign ?? '',
      properties: activity.properties,
      score_before: scored.score.before,
      score_after: scored.score.after,
      stage_before: staged.stage_before,
      stage_after: staged.stage_after,
      excluded: scored.excluded ?? '',
      seq: staged.seq,
      step: staged.step,
    },
  };
}

/** A change of the contributions to a score; undefined if none was added or removed. */
export function scoreChangeRow(hash: Hash, staged: Staged, scored: Scored): TableRow | undefined {
  const { before, after, added, removed } = scored.score;
  const first = added[0] ?? removed[0];
  if (first === undefined) return undefined;
  return {
    table: 'score_changes_rows',
    row: {
      change_id: changeId(hash, staged, 0),
      lead_id: staged.lead_id,
      at: scored.score.at,
      logged_at: staged.due_at ?? staged.logged_at,
      cause: scored.cause,
      cause_id: scored.cause_id,
      score_before: before,
      score_after: after,
      delta: Math.round((after - before) * 1e9) / 1e9,
      rules: [...added, ...removed].map(({ rule }) => rule),
      event_id: scored.activity?.event_id ?? scored.moved_out?.event_id ?? first.event_id,
      model_version: first.model_version,
      seq: staged.seq,
      step: staged.step,
    },
  };
}

export function stageChangeRows(hash: Hash, staged: Staged): TableRow[] {
  return staged.moves.map(({ at, from_stage, to_stage, reason, rule, from_since, visit }, move) => ({
    table: 'stage_changes_rows',
    row: {
      change_id: changeId(hash, staged, move),
      lead_id: staged.lead_id,
      at,
      from_stage,
      to_stage,
      reason,
      rule,
      time_in_stage: from_since === 0 ? null : (at - from_since) / SECOND,
      visit,
      cause_id: staged.cause_id,
      seq: staged.seq,
      step: staged.step,
      move,
    },
  }));
}

/** A join that the record opens, as the lead tells that is asked, or closes, as the other tells; undefined if it does neither. */
export function joinRow({ join_opened: opened, join_closed: closed }: Scored): TableRow | undefined {
  if (opened !== null && opened.lead_id === opened.from_lead_id) {
    const { seq, from_lead_id, into_lead_id, ends, logged_at, cause_event_id } = opened;
    const row = { join_seq: seq, closed: false, from_lead_id, into_lead_id, ends, at: logged_at, cause_event_id, seq };
    return { table: 'joins_rows', row };
  }
  if (closed === null || closed.lead_id === closed.from_lead_id) return undefined;
  const { seq, join_seq, from_lead_id, lead_id: into_lead_id, ends, logged_at, cause_event_id } = closed;
  const row = { join_seq, closed: true, from_lead_id, into_lead_id, ends, at: logged_at, cause_event_id, seq };
  return { table: 'joins_rows', row };
}

/** A lead as it is now, or its tombstone. */
export function leadRow(lead: LeadState | undefined, { lead_id, seq, step, at, grade }: Staged): TableRow {
  const present = isPresent(lead);
  const { source, medium, campaign } = (present ? lead.touch : null) ?? NOWHERE;
  return {
    table: 'leads_rows',
    key: lead_id,
    row: {
      lead_id,
      known: present && lead.known,
      email: present ? (lead.email ?? '') : '',
      score: present ? lead.score : 0,
      score_at: present ? lead.scoreAt : at,
      fading: present ? lead.fading.map(({ half_life, points }) => ({ half_life: half_life ?? 0, points })) : [],
      valid_until: present ? lead.validUntil : null,
      caps: present ? lead.caps : '',
      grade: present ? grade : '',
      stage: present ? lead.stage : '',
      stage_since: present ? lead.stageSince : at,
      first_seen: present ? (lead.seen.first_at ?? at) : at,
      last_seen: present ? (lead.seen.last_at ?? at) : at,
      activities: present ? lead.seen.activities : 0,
      source,
      medium,
      campaign,
      seq,
      step,
      deleted: present ? 0 : 1,
    },
  };
}

/** `index`: which of the changes of a kind that the record brings about. */
function changeId(hash: Hash, staged: Staged, index: number): string {
  return hash(JSON.stringify([staged.lead_id, occasionOf(staged), index]));
}
