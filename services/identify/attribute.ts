import type { Decided, Decision } from '#lib/flow/decider';
import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import type { Activity, LeadEvent } from '#schemas/generated/records';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { type Claim, claimed, ownerAt, sameOwners } from '#services/identify/claims';
import { identifiersOf, idOf, isAnonymous, partitionOf } from '#services/identify/identifier';
import { contentHash } from '#services/identify/refusal';
import { aliasOf, deviceOf, type Held, heldBy, leadOf } from '#services/identify/state';

export interface AttributeOptions {
  readonly hash: Hash;
  readonly partitions: number;
}

/** An event received later than this after it occurred is historic, ms. */
const LIVE_FOR = 24 * 3_600_000;

/** Moves of one decision at most: a long history moves in several, each one transaction. */
const MOVES_AT_ONCE = 1000;

/**
 * Gives an event its owner. If it changes the owner of what a device did before, those activities move first, pair by
 * pair; a visitor left with nothing is merged; the event itself comes last.
 */
export function attribute(
  state: TableReader,
  event: LeadEvent,
  offset: number,
  lastSeq: number,
  loggedAt: number,
  options: AttributeOptions,
): Decision<ActivityMessage> {
  const identifiers = identifiersOf(event.personal, options.hash);
  const device = identifiers.find(isAnonymous);
  const strong = identifiers.filter((identifier) => !isAnonymous(identifier));
  const claims = device === undefined ? [] : deviceOf(state, device).claims;
  const lead = leadFor(state, strong);
  const owner = lead ?? ownerAt(claims, event.occurred_at) ?? idOf(device ?? '');
  const writer = new Writer(lastSeq, loggedAt, offset, event.event_id, options.partitions);

  if (lead !== undefined && device !== undefined) {
    const now = claimed(claims, lead, event.occurred_at);
    if (!sameOwners(claims, now)) {
      const moves = movesOf(state, device, now);
      for (const { held, to } of moves.slice(0, MOVES_AT_ONCE)) writer.move(held, to);
      if (moves.length > MOVES_AT_ONCE) return { records: writer.records, done: false };
      const visitor = idOf(device);
      const hadHistory = moves.length > 0 || !heldBy(state, device)[Symbol.iterator]().next().done;
      if (claims.length === 0 && hadHistory && aliasOf(state, visitor) === undefined) writer.merge(visitor, lead);
    }
  }
  writer.activity({
    lead_id: owner,
    known: lead !== undefined || claims.length > 0,
    event_id: event.event_id,
    publisher: event.publisher,
    name: event.name,
    occurred_at: event.occurred_at,
    received_at: event.received_at,
    cause: event.import_id !== null || event.received_at - event.occurred_at > LIVE_FOR ? 'historic' : 'live',
    clamped: event.clamped,
    identifiers,
    content_hash: contentHash(event, options.hash),
    input_offset: offset,
    url: event.url,
    path: event.path,
    referrer: event.referrer,
    title: event.title,
    source: event.source,
    medium: event.medium,
    campaign: event.campaign,
    properties: event.properties,
    context: event.context,
    personal: event.personal,
  });
  return { records: writer.records, done: true };
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

/** The device's activities whose owner the claims change. */
function movesOf(
  state: TableReader,
  device: string,
  claims: readonly Claim[],
): { readonly held: Held; readonly to: string }[] {
  const moves: { readonly held: Held; readonly to: string }[] = [];
  for (const held of heldBy(state, device)) {
    const to = ownerAt(claims, held.activity.occurred_at);
    if (to !== undefined && to !== held.owner) moves.push({ held, to });
  }
  return moves;
}

/** Numbers the records of one decision and puts each into its lead's partition. */
class Writer {
  readonly records: Decided<ActivityMessage>[] = [];
  #seq: number;

  constructor(
    lastSeq: number,
    private readonly loggedAt: number,
    private readonly offset: number,
    private readonly causeEventId: string,
    private readonly partitions: number,
  ) {
    this.#seq = lastSeq;
  }

  activity(fields: Omit<Activity, 'seq' | 'logged_at'>): void {
    this.#write(fields.lead_id, { type: 'Activity', value: { ...fields, ...this.#stamp() } });
  }

  /** A pair: the activity leaves its owner and is emitted again under the new one. */
  move({ owner, activity }: Held, to: string): void {
    const { event_id, publisher, name, occurred_at } = activity;
    this.#write(owner, {
      type: 'MovedOut',
      value: {
        ...this.#stamp(),
        lead_id: owner,
        to_lead_id: to,
        event_id,
        publisher,
        name,
        occurred_at,
        cause_event_id: this.causeEventId,
        input_offset: this.offset,
      },
    });
    this.activity({ ...activity, lead_id: to, known: true, cause: 'move', input_offset: this.offset });
  }

  merge(visitor: string, into: string): void {
    this.#write(visitor, {
      type: 'Merged',
      value: {
        ...this.#stamp(),
        lead_id: visitor,
        into_lead_id: into,
        cause_event_id: this.causeEventId,
        input_offset: this.offset,
      },
    });
  }

  #stamp(): { readonly seq: number; readonly logged_at: number } {
    this.#seq++;
    return { seq: this.#seq, logged_at: this.loggedAt };
  }

  #write(leadId: string, value: ActivityMessage): void {
    this.records.push({ topic: TOPICS.activity, partition: partitionOf(leadId, this.partitions), key: leadId, value });
  }
}
