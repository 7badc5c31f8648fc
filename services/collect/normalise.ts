import { type Dead, dead, ok } from '#lib/flow/outcome';
import type { Hash } from '#lib/flow/ports';
import type { LeadEvent } from '#schemas/generated/records';
import { behaviourOf, faultIn } from '#services/collect/behaviour';
import { type Call, type CallType, callOf } from '#services/collect/call';
import type { Checked } from '#services/collect/checked';
import { contextOf, previousIdOf, propertiesOf } from '#services/collect/contents';
import { identifiersOf, idOf } from '#services/collect/identifiers';
import { MAX_DEPTH } from '#services/collect/json';
import { occurredAt } from '#services/collect/occurred';
import { pageOf } from '#services/collect/page';
import { type Client, personalOf } from '#services/collect/personal';
import { parseTime } from '#services/collect/time';

/** How a call came in. All times are ms since 1970 UTC. */
export interface Reception {
  /** Where the address says it (/v1/track); otherwise the call says it. */
  readonly type?: CallType;
  /** Name of the source that reports it: an event is told apart by it and its id. */
  readonly publisher: string;
  /** Whether the source may report a behaviour; left out: any. */
  readonly may?: (behaviour: string) => boolean;
  readonly client: Client;
  readonly importId: string | null;
  readonly ownTime: boolean;
  /** When it happened if the publisher does not say. */
  readonly unsaid: number;
  /** A reported time later than `latest` lies in the future: `present` is taken instead. */
  readonly latest: number;
  readonly present: number;
  /** When it was received, given when it happened. */
  received(occurredAt: number): number;
  /** The event's id if the publisher gives none. */
  newId(): string;
}

/** A Segment-shaped call, parsed, as an event of the log. Never throws, whatever it is given. */
export type Normalise = (value: unknown, reception: Reception) => Checked<LeadEvent>;

/** How far ahead of the time of receipt a publisher's clock may be, ms. */
export const TOLERANCE = 5 * 60_000;

/** Why a call is refused that its source may not make. */
export const NOT_ALLOWED = 'not_allowed';

export function createNormalise(hash: Hash): Normalise {
  return (value, reception) => {
    const shaped = callOf(value, reception.type);
    if (shaped.kind !== 'ok') return shaped;
    const call = shaped.value;
    const name = behaviourOf(call.type, call.fields);
    if (name.kind !== 'ok') return name;
    if (reception.may?.(name.value) === false) return notAllowed(reception.publisher, name.value);
    const identifiers = identifiersOf(call, name.value);
    if (identifiers.kind !== 'ok') return identifiers;
    const previousId = previousIdOf(call, name.value);
    if (previousId.kind !== 'ok') return previousId;
    const eventId = idOf('messageId', call.fields.messageId);
    if (eventId.kind !== 'ok') return eventId;
    const occurred = occurredAt(call.fields);
    if (occurred.kind !== 'ok') return occurred;
    const fault = faultIn(name.value, call.properties);
    if (fault !== undefined) return fault;

    const properties = propertiesOf(call, name.value, previousId.value);
    const context = contextOf(call, name.value);
    const personal = personalOf(call, identifiers.value, reception.client);
    if (properties === undefined || context === undefined || personal === undefined) {
      return dead('too_deep', `values are nested more than ${MAX_DEPTH} deep`);
    }
    const said = occurred.value ?? reception.unsaid;
    const clamped = said > reception.latest;
    const occurred_at = clamped ? reception.present : said;
    const page = pageOf(call, name.value);
    return ok({
      event_id: eventId.value ?? reception.newId(),
      publisher: reception.publisher,
      name: name.value,
      occurred_at,
      received_at: reception.received(occurred_at),
      clamped,
      content_hash: hash(contentOf(call, name.value, { properties, context: context.said, personal })),
      import_id: reception.importId,
      own_time: reception.ownTime,
      url: page.url,
      path: page.path,
      referrer: page.referrer,
      title: page.title,
      source: page.source,
      medium: page.medium,
      campaign: page.campaign,
      properties,
      context: context.kept,
      personal,
    });
  };
}

function notAllowed(source: string, behaviour: string): Dead {
  return dead(NOT_ALLOWED, `the source ${source} may not report ${behaviour}: sources.yaml says what it may`);
}

/**
 * What the publisher said, as one text, whatever the order of its fields: no times, addresses and user agents of the transport, so
 * that a retry has the same, and an archive's copy too. Each part is JSON, hence on one line.
 */
function contentOf(call: Call, name: string, parts: Pick<LeadEvent, 'properties' | 'context' | 'personal'>): string {
  const { email, user_id, anonymous_id, traits } = parts.personal;
  const texts = JSON.stringify([call.type, name, saidAt(call), user_id, anonymous_id, email]);
  return `${texts}\n${parts.properties}\n${parts.context}\n${traits}`;
}

/**
 * When it happened in the publisher's own words, ms since 1970 UTC; null if it did not say. An archive has these words in
 * `originalTimestamp`, and its own time of receipt where there were none.
 */
function saidAt({ fields }: Call): number | null {
  const said = parseTime(fields.originalTimestamp) ?? parseTime(fields.timestamp);
  return said === undefined || said === parseTime(fields.receivedAt) ? null : said;
}
