import type { Decided, Decision } from '#lib/flow/decider';
import type { LogRecord } from '#lib/flow/log';
import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import type { ImportFinished, ModelSubmitted } from '#schemas/generated/records';
import { type ActivityMessage, type DeadLetterMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { attribute } from '#services/identify/attribute';
import { refusal } from '#services/identify/refusal';
import { clockOf, type ShardClock } from '#services/identify/state';

export type IdentifyOutput = ActivityMessage | DeadLetterMessage;

export interface IdentifyOptions {
  readonly hash: Hash;
  /** Partitions of lead.activity. */
  readonly partitions: number;
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
  switch (message.type) {
    case 'ModelSubmitted':
      return message.value.model_version === clock.model_version
        ? SETTLED
        : applyModel(message.value, clock, loggedAt, input.offset);
    case 'ImportFinished':
      return finishImport(message.value, clock, loggedAt);
    case 'LeadEvent': {
      const refused = refusal(state, message.value, options.hash);
      if (refused?.kind === 'drop') return SETTLED;
      if (refused?.kind === 'dead') {
        return {
          records: [deadLetter(refused.reason, refused.detail, input, message, loggedAt, options.hash)],
          done: true,
        };
      }
      const tick = own_time && loggedAt >= clock.tick_at + options.importTickEvery;
      const records = tick ? [broadcast({ type: 'Tick', value: { seq: clock.seq + 1, logged_at: loggedAt } })] : [];
      const attributed = attribute(state, message.value, input.offset, clock.seq + records.length, loggedAt, options);
      return { records: [...records, ...attributed.records], done: attributed.done };
    }
  }
}

/** What time alone brings: a tick, so that timers run whatever else flows. */
export function tick(state: TableReader, now: number, every: number): Decided<IdentifyOutput>[] {
  const clock = clockOf(state);
  if (now < clock.tick_at + every) return [];
  return [broadcast({ type: 'Tick', value: { seq: clock.seq + 1, logged_at: Math.max(clock.logged_at, now) } })];
}

function applyModel(
  submitted: ModelSubmitted,
  clock: ShardClock,
  loggedAt: number,
  offset: number,
): Decision<IdentifyOutput> {
  const { model_version, files } = submitted;
  const value = { seq: clock.seq + 1, logged_at: loggedAt, model_version, files, input_offset: offset };
  return { records: [broadcast({ type: 'ModelApplied', value })], done: true };
}

function finishImport(_: ImportFinished, clock: ShardClock, loggedAt: number): Decision<IdentifyOutput> {
  return { records: [broadcast({ type: 'Tick', value: { seq: clock.seq + 1, logged_at: loggedAt } })], done: true };
}

function broadcast(value: ActivityMessage): Decided<IdentifyOutput> {
  return { topic: TOPICS.activity, partition: 'all', key: null, value };
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
