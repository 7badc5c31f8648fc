import type { Stamp } from '#lib/agents/port';
import type { Concern, Decided, Decision, Settled } from '#lib/flow/decider';
import { eventKey } from '#lib/flow/event-key';
import type { LogRecord } from '#lib/flow/log';
import type { Dead, Drop } from '#lib/flow/outcome';
import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import { namesNobody } from '#lib/identity/forbidden';
import { refusalOfKey } from '#lib/identity/identity-hash';
import { COUNTS_FOR } from '#lib/model/counts-for';
import type { CompileModel } from '#lib/model/model';
import type { JoinAnswer, LeadEvent } from '#schemas/generated/records';
import {
  type ActivityMessage,
  type DeadLetterMessage,
  type EventMessage,
  type JoinMessage,
  TOPICS,
} from '#schemas/topics';
import { type Attribution, attribute } from '#services/identify/attribute';
import { concerned, eventConcern } from '#services/identify/concerned';
import { COST, costOf } from '#services/identify/cost';
import type { CurrentModel } from '#services/identify/current-model';
import { identifiersOf, type Pseudonyms, UNMERGED, withIdentifiers } from '#services/identify/identifier';
import { isAwaited } from '#services/identify/joins';
import { refusal, refusalOfModel, refusalOfPlace, withContentHash } from '#services/identify/refusal';
import { clockOf, type ShardClock } from '#services/identify/state';
import { bringsOwnTime, loggedAtOf, withPossibleTimes } from '#services/identify/times';
import { Writer } from '#services/identify/writer';

/** What publishers send, and what leads answer that were asked what was decided about them. */
export type IdentifyInput = EventMessage | JoinMessage;

export type IdentifyOutput = ActivityMessage | DeadLetterMessage;

export interface IdentifyOptions {
  readonly hash: Hash;
  readonly pseudonyms: Pseudonyms;
  /** Fingerprint of the key that they are hashed with; null: there is none. */
  readonly identityKey: string | null;
  readonly compile: CompileModel;
  readonly model: CurrentModel;
  /** Stamps an event by the lists of the day. */
  readonly stamp: Stamp;
  /** Partitions of lead.activity. */
  readonly partitions: number;
  /** Moves of one decision at most. */
  readonly movesAtOnce: number;
  /** Least logged time between two ticks while an import brings its own time, ms. */
  readonly importTickEvery: number;
}

const SETTLED: Decision<IdentifyOutput> = { records: [], done: true };

/**
 * Hears what was decided about a lead. It moves no time and concerns nobody: the event that asked for it goes on by it. An answer
 * that came before says nothing.
 */
export function hear(
  state: TableReader,
  { partition, offset }: LogRecord,
  answer: JoinAnswer,
  options: Pick<IdentifyOptions, 'partitions'>,
): Decision<IdentifyOutput> {
  if (!isAwaited(state, answer)) return SETTLED;
  const { seq, logged_at } = clockOf(state);
  const writer = new Writer(seq, logged_at, offset, options.partitions, null);
  writer.joinAnswered(answer, partition);
  return { records: writer.records, done: true };
}

/**
 * Settles one record of lead.events: whose it is, its number and its place in time. Throws if the log's identifiers are hashed
 * with another key.
 */
export function decide(
  state: TableReader,
  input: LogRecord,
  message: EventMessage,
  now: number,
  options: IdentifyOptions,
): Decision<IdentifyOutput> {
  const clock = clockOf(state);
  refuseOtherKey(clock, options.identityKey);
  const isOwn = bringsOwnTime(clock, message);
  const loggedAt = loggedAtOf(clock, message, now);
  const writer = new Writer(clock.seq, loggedAt, input.offset, options.partitions, options.identityKey);
  if (clock.own_time && !isOwn) {
    if (changesNothing(state, message, options.hash)) return SETTLED;
    // Own time is over: time goes to the present before anything live does.
    writer.tick(false);
    return { records: writer.records, done: false };
  }
  const refuse = ({ reason, detail }: Dead): Decision<IdentifyOutput> => ({
    records: [deadLetter(reason, detail, input, message, loggedAt, options.hash)],
    done: true,
  });
  switch (message.type) {
    case 'ModelSubmitted': {
      if (message.value.model_version === clock.model_version) return SETTLED;
      const refused = refusalOfModel(message.value, options.compile);
      if (refused !== undefined) return refuse(refused);
      writer.model(message.value, isOwn);
      return { records: writer.records, done: true };
    }
    case 'ImportBegun':
      if (isOwn) writer.tick(true, message.value.import_id);
      return { records: writer.records, done: true };
    case 'ImportFinished':
      writer.tick(isOwn);
      return { records: writer.records, done: true };
    case 'LeadEvent': {
      if (clock.seq === 0 && options.identityKey !== null) {
        // The log's first record names the key; an activity cannot.
        writer.tick(isOwn);
        return { records: writer.records, done: false };
      }
      const event = possible(message.value, clock, input.offset, loggedAt, options.hash);
      const beforeIt = () => {
        if (isOwn && loggedAt >= clock.tick_at + options.importTickEvery) writer.tick(true, clock.import_id);
      };
      const settled =
        event.name === COST
          ? settleCost(state, event, options, writer, beforeIt)
          : settleEvent(
              state,
              attributionOf(state, event, clock, input.offset, loggedAt, options),
              options,
              writer,
              beforeIt,
            );
      if (typeof settled === 'string') return { records: writer.records, done: settled === 'settled' };
      if ('waitsFor' in settled) return { records: writer.records, done: false, waitsFor: settled.waitsFor };
      return settled.kind === 'drop' ? SETTLED : refuse(settled);
    }
  }
}

/** Whether a record leads to nothing, whatever time it is: it came before, or is the beginning or end of no import. */
function changesNothing(state: TableReader, message: EventMessage, hash: Hash): boolean {
  switch (message.type) {
    case 'LeadEvent':
      return refusalOfPlace(state, withContentHash(message.value, hash), hash)?.kind === 'drop';
    case 'ModelSubmitted':
      return message.value.model_version === clockOf(state).model_version;
    case 'ImportBegun':
      return true;
    case 'ImportFinished':
      return message.value.own_time;
  }
}

/** Writes what an event of somebody leads to. `beforeIt` is called first if it is accepted. */
function settleEvent(
  state: TableReader,
  attribution: Attribution,
  options: IdentifyOptions,
  writer: Writer,
  beforeIt: () => void,
): Dead | Drop | Settled {
  const { event, identifiers } = attribution;
  const refused = refusal(state, event, identifiers, options.hash);
  if (refused !== undefined) return refused;
  beforeIt();
  return attribute(
    state,
    attribution,
    options.stamp(event, options.model.of(state, clockOf(state).model_version)),
    writer,
  );
}

/** The same for a cost, which is about nobody. */
function settleCost(
  state: TableReader,
  event: LeadEvent,
  options: IdentifyOptions,
  writer: Writer,
  beforeIt: () => void,
): Dead | Drop | Settled {
  const refused = refusalOfPlace(state, event, options.hash);
  if (refused !== undefined) return refused;
  const cost = costOf(event);
  if (cost.kind === 'dead') return cost;
  beforeIt();
  writer.cost(cost.value);
  return 'settled';
}

/** When time alone brings ticks. */
export interface TickTimes extends Pick<IdentifyOptions, 'identityKey'> {
  /** Time between two ticks, ms, while records come. */
  readonly tickEvery: number;
  /** Between two at most, where nothing comes: each waits twice as long as the one before. */
  readonly idleTickEvery: number;
  /** Not before the first record, and not after an import that brought its own time, until something live comes. */
  readonly standsStill: boolean;
}

/** What time alone brings: a tick, so that timers run whatever else flows. Throws as decide does. */
export function tick(state: TableReader, now: number, times: TickTimes): Decided<IdentifyOutput>[] {
  const clock = clockOf(state);
  refuseOtherKey(clock, times.identityKey);
  if (times.standsStill && (clock.seq === 0 || clock.own_time)) return [];
  const wait = Math.min(times.tickEvery * 2 ** (clock.idle_ticks ?? 0), times.idleTickEvery);
  if (now < clock.tick_at + wait) return [];
  const writer = new Writer(clock.seq, Math.max(clock.logged_at, now), 0, 1, times.identityKey);
  writer.tick(false);
  return writer.records;
}

/**
 * A watermark, if the last record did not go to all partitions: each of them shows that nothing earlier comes, so that who reads
 * them in one order (handoff) need not wait for the next tick.
 */
export function watermark(state: TableReader): Decided<IdentifyOutput>[] {
  const { seq, all_seq, logged_at } = clockOf(state);
  if (seq === (all_seq ?? 0)) return [];
  const writer = new Writer(seq, logged_at, 0, 1, null);
  writer.watermark();
  return writer.records;
}

/** Whom a decision on a record concerns. An unmerge, and what is not an event of today, concerns everybody. */
export function concern(
  state: TableReader,
  input: LogRecord,
  message: EventMessage,
  now: number,
  options: IdentifyOptions,
): Concern {
  const clock = clockOf(state);
  const isPlain = message.type === 'LeadEvent' && !message.value.own_time && !clock.own_time;
  if (!isPlain || message.value.name === UNMERGED) return { keys: undefined, inTurn: true };
  const loggedAt = Math.max(clock.logged_at, now);
  const event = possible(message.value, clock, input.offset, loggedAt, options.hash);
  if (event.name === COST) {
    const outcome = refusalOfPlace(state, event, options.hash) ?? costOf(event);
    return { keys: new Set([eventConcern(eventKey(event, options.hash))]), inTurn: outcome.kind === 'dead' };
  }
  const attribution = attributionOf(state, event, clock, input.offset, loggedAt, options);
  const refused = refusal(state, attribution.event, attribution.identifiers, options.hash);
  return { keys: concerned(state, attribution), inTurn: refused?.kind === 'dead' };
}

function refuseOtherKey({ seq, identity_key }: ShardClock, own: string | null): void {
  const refusal = seq === 0 ? undefined : refusalOfKey(identity_key ?? null, own);
  if (refusal !== undefined) throw new Error(`the log cannot be used: ${refusal}`);
}

/** An event as it counts: with a hash of its content, and with times that can be. */
function possible(told: LeadEvent, { moving }: ShardClock, offset: number, loggedAt: number, hash: Hash): LeadEvent {
  const since = moving?.[0] === offset ? moving[3] : loggedAt;
  return withPossibleTimes(withContentHash(told, hash), since);
}

function attributionOf(
  state: TableReader,
  told: LeadEvent,
  { moving, model_version }: ShardClock,
  offset: number,
  loggedAt: number,
  options: IdentifyOptions,
): Attribution {
  const { hash, pseudonyms, movesAtOnce } = options;
  const nobody = options.model.of(state, model_version)?.identity.namesNobody ?? namesNobody;
  const event = withIdentifiers(told, nobody);
  const identifiers = identifiersOf(event, pseudonyms, nobody);
  const oldest = loggedAt - COUNTS_FOR;
  const moved = moving?.[0] === offset ? moving : undefined;
  return { event, key: eventKey(event, hash), identifiers, oldest, movesAtOnce, moved, hash };
}

function deadLetter(
  reason: string,
  detail: string,
  { topic, partition, offset }: LogRecord,
  { type, value }: EventMessage,
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
        publisher: type === 'LeadEvent' ? value.publisher : '',
        event_id: type === 'LeadEvent' ? value.event_id : null,
        original,
      },
    },
  };
}
