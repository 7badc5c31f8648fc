import { type Dead, dead, type Ok, ok } from '#lib/flow/outcome';
import { objectIn } from '#lib/json/object';
import type { Cost, LeadEvent } from '#schemas/generated/records';
import type { Place } from '#services/identify/activity';

/** The behaviour that is nobody's: money was spent on marketing. */
export const COST = 'cost_recorded';

/** Costs are known, against retries, as the activities of one identifier are. */
export const COSTS = 'cost';

export type CostTold = Omit<Cost, keyof Place>;

/** The cost that an event tells, whoever it names; dead: it tells no amount. */
export function costOf(event: LeadEvent): Ok<CostTold> | Dead {
  const { event_id, publisher, occurred_at, received_at, properties, content_hash } = event;
  const said = objectIn(properties);
  const { amount } = said;
  if (amount === undefined || amount === null)
    return dead('missing_field', 'a cost needs a number in properties.amount');
  if (typeof amount !== 'number' || !Number.isFinite(amount)) {
    return dead('mistyped_field', 'properties.amount of a cost is no number');
  }
  return ok({
    event_id,
    publisher,
    occurred_at,
    received_at,
    amount,
    currency: textIn(said.currency) ?? '',
    source: event.source ?? textIn(said.source),
    medium: event.medium ?? textIn(said.medium),
    campaign: event.campaign ?? textIn(said.campaign),
    properties,
    content_hash,
  });
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 200) : null;
}
