import type { Concern, Decided, Decision } from '#lib/flow/decider';
import { eventKey } from '#lib/flow/event-key';
import type { LogRecord } from '#lib/flow/log';
import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import { COUNTS_FOR } from '#lib/model/counts-for';
import type { LeadEvent } from '#schemas/generated/records';
import { type ActivityMessage, type DeadLetterMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { type Attribution, attribute } from '#services/identify/attribute';
import { concerned } from '#services/identify/concerned';
import { identifiersOf, type Pseudonyms, UNMERGED, withIdentifiers } from '#services/identify/identifier';
import { refusal, withContentHash } from '#services/identify/refusal';
import { clockOf, type ShardClock } from '#services/identify/state';
import { Writer } from '#services/identify/writer';

export type IdentifyOutput = ActivityMessage | DeadLetterMessage;

export interface IdentifyOptions {
  readonly hash: Hash;
  readonly pseudonyms: Pseudonyms;
  /** Partitions of lead.activity. */
  readonly partitions: number;
  /** Moves of one decision at most. */
  readonly movesAtOnce: number;
  /** Least logged time between two ticks while an import brings its own time, ms. */
  readonly importTickEvery: number;
}

const SETTLED: Decision<IdentifyOutput> = { records: [], done: true };

/** Settles one record of lead.events: whose it is, its number and its place in time. */
export function decide(
  state: TableReader,
  input: LogRecord<EventMessage>,
  message: EventMessage,
  now: number,
  options: IdentifyOptions,
): Decision<IdentifyOutput> {
  const clock = clockOf(state);
  const { own_time, received_at } = message.value;
  const loggedAt = Math.max(clock.logged_at, own_time ? received_at : now);
  const writer = new Writer(clock.seq, loggedAt, input.offset, options.partitions);
  if (clock.own_time && !own_time) {
    // The import is over: time goes to the present before anything live does.
    writer.tick(false);
    return { records: writer.records, done: false };
  }
  switch (message.type) {
    case 'ModelSubmitted':
      if (message.value.model_version === clock.model_version) return SETTLED;
      writer.model(message.value);
      return { records: writer.records, done: true };
    case 'ImportFinished':
      writer.tick(own_time);
      return { records: writer.records, done: true };
    case 'LeadEvent': {
      const attribution = attributionOf(message.value, clock, input.offset, loggedAt, options);
      const refused = refusal(state, attribution.event, attribution.identifiers, options.hash);
      if (refused?.kind === 'drop') return SETTLED;
      if (refused?.kind === 'dead') {
        const { reason, detail } = refused;
        return { records: [deadLetter(reason, detail, input, message, loggedAt, options.hash)], done: true };
      }
      if (own_time && loggedAt >= clock.tick_at + options.importTickEvery) writer.tick(true);
      const done = attribute(state, attribution, writer);
      return { records: writer.records, done };
    }
  }
}

/**
 * What time alone brings: a tick, so that timers run whatever else flows. `stands`: not before the first record, and not
 * after an import that brought its own time, until something live comes.
 */
export function tick(state: TableReader, now: number, every: number, stands: boolean): Decided<IdentifyOutput>[] {
  const clock = clockOf(state);
  if (stands && (clock.seq === 0 || clock.own_time)) return [];
  if (now < clock.tick_at + every) return [];
  const writer = new Writer(clock.seq, Math.max(clock.logged_at, now), 0, 1);
  writer.tick(false);
  return writer.records;
}

/** Whom a decision on a record concerns. An unmerge, and what is not an event of today, concerns everybody. */
export function concern(
  state: TableReader,
  input: LogRecord<EventMessage>,
  message: EventMessage,
  now: number,
  options: IdentifyOptions,
): Concern {
  const clock = clockOf(state);
  const isPlain = message.type === 'LeadEvent' && !message.value.own_time && !clock.own_time;
  if (!isPlain || message.value.name === UNMERGED) return { keys: undefined, inTurn: true };
  const attribution = attributionOf(message.value, clock, input.offset, Math.max(clock.logged_at, now), options);
  const refused = refusal(state, attribution.event, attribution.identifiers, options.hash);
  return { keys: concerned(state, attribution), inTurn: refused?.kind === 'dead' };
}

function attributionOf(
  told: LeadEvent,
  { moving }: ShardClock,
  offset: number,
  loggedAt: number,
  options: IdentifyOptions,
): Attribution {
  const { hash, pseudonyms, movesAtOnce } = options;
  const event = withIdentifiers(withContentHash(told, hash));
  const identifiers = identifiersOf(event, pseudonyms);
  const oldest = loggedAt - COUNTS_FOR;
  const moved = moving?.[0] === offset ? moving : undefined;
  return { event, key: eventKey(event, hash), identifiers, oldest, movesAtOnce, moved };
}

function deadLetter(
  reason: string,
  detail: string,
  { topic, partition, offset }: LogRecord,
  { value }: Extract<EventMessage, { type: 'LeadEvent' }>,
  at: number,
  hash: Hash,
): Decided<IdentifyOutput> {
  const original = new TextEncoder().encode(JSON.stringify(value));
  return {
    topic: TOPICS.deadLetters,
    partition: 0,
    key: null,
    value: {
      type: 'DeadLetter',
      value: {
        dead_letter_id: hash(JSON.stringify([topic, partition, offset])).slice(0, 20),
        at,
        reason,
        detail,
        origin: `${topic} ${partition} ${offset}`,
        publisher: value.publisher,
        event_id: value.event_id,
        original,
      },
    },
  };
}
