import type { TableReader } from '#lib/flow/store';
import type { LeadEvent } from '#schemas/generated/records';
import { type Claim, claimed, ownerAt } from '#services/identify/claims';
import { deviceIn, identifiersOf, idOf, type Pseudonyms, strongIn } from '#services/identify/identifier';
import { aliasOf, deviceOf, heldBy, leadOf } from '#services/identify/state';
import type { Writer } from '#services/identify/writer';

/** An event received later than this after it occurred is historic, ms. */
const LIVE_FOR = 24 * 3_600_000;

/** Moves of one decision at most: a long history moves in several, each one transaction. */
const MOVES_AT_ONCE = 1000;

const NO_CLAIMS: readonly Claim[] = [];

/**
 * Gives an event its owner. If it changes the owner of what a device did before, those activities move first, pair by
 * pair; a visitor left with nothing is merged; the event itself comes last. False: there is more to move before that.
 */
export function attribute(state: TableReader, event: LeadEvent, pseudonyms: Pseudonyms, writer: Writer): boolean {
  const identifiers = identifiersOf(event.personal, pseudonyms);
  const device = deviceIn(identifiers);
  const lead = leadFor(state, strongIn(identifiers));
  const claims = device === undefined ? NO_CLAIMS : deviceOf(state, device).claims;
  const owner = ownerAt(claims, event.occurred_at);
  if (lead !== undefined && device !== undefined && lead !== owner) {
    if (!takeOver(state, device, claims, lead, event, writer)) return false;
  }
  writer.activity(event, {
    lead_id: lead ?? owner ?? idOf(device ?? ''),
    known: lead !== undefined || claims.length > 0,
    cause: event.import_id !== null || event.received_at - event.occurred_at > LIVE_FOR ? 'historic' : 'live',
    identifiers,
  });
  return true;
}

/** The lead that the strong identifiers name: the strongest one's that is known, else a new one founded by the strongest. */
function leadFor(state: TableReader, strong: readonly string[]): string | undefined {
  for (const identifier of strong) {
    const known = leadOf(state, identifier);
    if (known !== undefined) return known;
  }
  const founder = strong[0];
  return founder === undefined ? undefined : idOf(founder);
}

/** The event gives a device to a lead: what the device did then moves. False: there is more to move. */
function takeOver(
  state: TableReader,
  device: string,
  before: readonly Claim[],
  lead: string,
  event: LeadEvent,
  writer: Writer,
): boolean {
  const claims = claimed(before, lead, event.occurred_at);
  let history = false;
  let moves = 0;
  for (const held of heldBy(state, device)) {
    history = true;
    const to = ownerAt(claims, held.told.occurred_at);
    if (to === undefined || to === held.owner) continue;
    if (moves === MOVES_AT_ONCE) return false;
    writer.move(held, to, event);
    moves += 1;
  }
  const visitor = idOf(device);
  const nobodys = before.length === 0 && history && aliasOf(state, visitor) === undefined;
  if (nobodys) writer.merge(visitor, lead, event);
  return true;
}
