import { isDeepStrictEqual } from 'node:util';
import type { Activity } from '#schemas/generated/records';
import type { ActivityMessage } from '#schemas/topics';
import { keyOf } from '#test/given/batch/named';

/** What a reader of lead.activity knows at its end. */
export interface Replayed {
  /** Event key → its lead or visitor. */
  readonly owners: ReadonlyMap<string, string>;
  /** What the log says that it must not say, in plain words; empty for a good log. */
  readonly faults: readonly string[];
}

/** Reads lead.activity (in order of seq) as any reader would, and notes whatever does not add up. */
export function replay(log: readonly ActivityMessage[]): Replayed {
  const activities = new Map<string, Activity>();
  const merged = new Map<string, string>();
  const faults: string[] = [];
  let awaited: { readonly key: string; readonly to: string } | undefined;
  let offset = -1;

  function settle(): void {
    const owning = new Set([...activities.values()].map(({ lead_id }) => lead_id));
    for (const lead of known) {
      if (!owning.has(lead) && !merged.has(lead)) faults.push(`${lead} has no activities left and is not merged`);
    }
    for (const [lead] of merged) {
      if (!owning.has(endOf(lead, merged))) faults.push(`${lead} is merged into one that has no activities`);
    }
  }

  const known = new Set<string>();
  for (const [i, { type, value }] of log.entries()) {
    if (value.seq !== i + 1) faults.push(`record ${i + 1} has seq ${value.seq}`);
    if (awaited !== undefined && (type !== 'Activity' || value.cause !== 'move')) faults.push(`${awaited.key} is lost`);
    if (type === 'Tick' || type === 'ModelApplied') continue;
    if (value.input_offset !== offset) settle();
    offset = value.input_offset;
    if (type === 'MovedOut') {
      const key = keyOf(value);
      if (activities.get(key)?.lead_id !== value.lead_id) faults.push(`${key} leaves a lead that does not have it`);
      if (value.to_lead_id === value.lead_id) faults.push(`${key} moves to where it is`);
      awaited = { key, to: value.to_lead_id };
    }
    if (type === 'Activity') {
      const key = keyOf(value);
      const before = activities.get(key);
      if (value.cause === 'move') {
        if (awaited?.key !== key || awaited.to !== value.lead_id) faults.push(`${key} moves without leaving`);
        if (before !== undefined) faults.push(...altered(before, value));
        awaited = undefined;
      } else {
        if (before !== undefined) faults.push(`${key} comes twice`);
        const next = log[i + 1]?.value;
        if (next !== undefined && 'input_offset' in next && next.input_offset === offset)
          faults.push(`${key} does not come last`);
      }
      activities.set(key, value);
      known.add(value.lead_id);
      merged.delete(value.lead_id);
    }
    if (type === 'Merged') {
      if ([...activities.values()].some(({ lead_id }) => lead_id === value.lead_id))
        faults.push(`${value.lead_id} is merged with activities of its own`);
      if (merged.has(value.lead_id)) faults.push(`${value.lead_id} is merged twice`);
      merged.set(value.lead_id, value.into_lead_id);
    }
  }
  if (awaited !== undefined) faults.push(`${awaited.key} is lost`);
  settle();
  return { owners: new Map([...activities].map(([key, { lead_id }]) => [key, lead_id])), faults };
}

/** What a move changed beside owner, cause and place in the log. */
function altered(before: Activity, after: Activity): string[] {
  const { seq: _s, logged_at: _l, input_offset: _i, lead_id: _o, known: _k, cause: _c, ...was } = before;
  const { seq, logged_at, input_offset, lead_id, known, cause, ...is } = after;
  return isDeepStrictEqual(was, is) ? [] : [`${keyOf(before)} is altered by its move`];
}

function endOf(lead: string, merged: ReadonlyMap<string, string>): string {
  const passed = new Set<string>();
  let at = lead;
  for (let next = merged.get(at); next !== undefined && !passed.has(at); next = merged.get(at)) {
    passed.add(at);
    at = next;
  }
  return at;
}
