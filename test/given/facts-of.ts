import { eventKey } from '#lib/flow/event-key';
import { endOf, Overlay, timeKey } from '#lib/flow/table';
import type { Activity, MovedOut, Staged } from '#schemas/generated/records';
import { type Kept, keep } from '#services/score/kept';
import { heard, type LeadFacts, NOTHING_SAID, tell, unheard } from '#services/score/lead-facts';
import { seenOf } from '#services/score/seen';

const keyOf = (event: Activity | MovedOut) => `${timeKey(event.occurred_at)}.${eventKey(event, (text) => text)}`;

/**
 * Fills in records of lead.stages what score would have published of their leads, from the activities that they say came and
 * left. Facts that a record has already stay.
 */
export function createFactsBook(): (staged: Staged) => Staged {
  const leads = new Map<string, { facts: LeadFacts; readonly items: Overlay }>();
  return (staged) => {
    const { scored, lead_id } = staged;
    if (scored === null) return staged;
    if (scored.cause === 'merged') leads.delete(lead_id);
    const lead = leads.get(lead_id) ?? { facts: NOTHING_SAID, items: new Overlay() };
    const before = lead.facts;
    const at = staged.logged_at;
    if (scored.activity !== null) {
      const key = keyOf(scored.activity);
      const excluded = scored.excluded ?? undefined;
      lead.facts = heard(before, scored.activity, key, excluded !== undefined, undefined, lead.items, at);
      lead.items.put(key, keep(scored.activity, excluded));
    }
    if (scored.moved_out !== null) {
      const key = keyOf(scored.moved_out);
      const left = [...lead.items.range('', endOf(''))].filter(([other]) => other !== key).length;
      lead.facts = unheard(
        { facts: before },
        { kept: left },
        key,
        lead.items.get(key) as Kept | undefined,
        undefined,
        lead.items,
        at,
      );
      lead.items.put(key, undefined);
    }
    const { told, after } = tell(before, lead.facts, at);
    lead.facts = after;
    if (scored.cause !== 'merged') leads.set(lead_id, lead);
    return { ...staged, facts: staged.facts ?? told, scored: { ...scored, facts: told, seen: seenOf(after.seen) } };
  };
}
