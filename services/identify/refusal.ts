import { eventKey } from '#lib/flow/event-key';
import { type Dead, type Drop, dead, drop } from '#lib/flow/outcome';
import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import type { LeadEvent } from '#schemas/generated/records';
import type { Told } from '#services/identify/activity';
import { seenOf } from '#services/identify/state';

/** 2000-01-01T00:00:00Z, ms: an earlier event is a mistake. */
const EARLIEST = 946_684_800_000;

/** Why an event gets no place in the log; undefined: it gets one. The last word, also on what publishers write directly. */
export function refusal(
  state: TableReader,
  event: Told,
  identifiers: readonly string[],
  hash: Hash,
): Dead | Drop | undefined {
  if (identifiers.length === 0) {
    return dead('missing_field', 'the event names no userId, email or anonymousId');
  }
  if (event.occurred_at < EARLIEST) {
    return dead(
      'before_2000',
      `the event says it occurred on ${event.occurred_at} ms since 1970, before the year 2000`,
    );
  }
  const seen = seenOf(state, eventKey(event, hash));
  if (seen === undefined) return undefined;
  if (seen === event.content_hash) return drop('retry');
  return dead(
    'conflicting_content',
    `event id ${event.event_id} came before with other content; give each event its own id`,
  );
}

/** The event with what tells a retry from another event of the same id: its publisher's own hash, else one of the record. */
export function withContentHash(event: LeadEvent, hash: Hash): LeadEvent {
  if (event.content_hash !== '') return event;
  const { received_at: _received, import_id: _import, own_time: _own, clamped, occurred_at, ...sent } = event;
  return { ...event, content_hash: hash(JSON.stringify([clamped ? null : occurred_at, sent])).slice(0, 20) };
}
