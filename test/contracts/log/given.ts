import type { Log, LogRecord, Outgoing } from '#lib/flow/log';
import type { InputPosition, TopicPartition } from '#lib/flow/position';
import { type AnyMessage, TOPICS } from '#schemas/topics';
import { eventMessage, tickMessage } from '#test/contracts/messages';

/** A log for one test. */
export interface LogHarness {
  /** Opens the log: empty the first time, as it was left after that. */
  open(partitions: Readonly<Record<string, number>>): Promise<Log>;
  dispose(): Promise<void>;
}

export const CONTRACT_PARTITIONS = {
  [TOPICS.events]: 1,
  [TOPICS.activity]: 3,
  [TOPICS.scores]: 3,
  [TOPICS.deadLetters]: 1,
};

export const EVENTS = { topic: TOPICS.events, partition: 0 };
export const LETTERS = { topic: TOPICS.deadLetters, partition: 0 };
/** The signal of whoever waits as long as it takes. */
export const FOREVER = new AbortController().signal;

export function activityAt(partition: number): TopicPartition {
  return { topic: TOPICS.activity, partition };
}

export function ticks(at: TopicPartition, from: number, count: number): Outgoing<AnyMessage>[] {
  return Array.from({ length: count }, (_, n) => ({ ...at, key: null, value: tickMessage(from + n) }));
}

/** Records for lead.events. */
export function events(from: number, count: number): Outgoing<AnyMessage>[] {
  return Array.from({ length: count }, (_, n) => ({ ...EVENTS, key: null, value: eventMessage(from + n) }));
}

export function position(at: TopicPartition, offset: number, cursor = 0): InputPosition {
  return { ...at, position: { offset, cursor } };
}

/** All records of a partition. */
export async function readAll(log: Log, at: TopicPartition, from = 0): Promise<LogRecord<AnyMessage>[]> {
  const end = await log.end(at);
  const reader = log.reader<AnyMessage>(at, from);
  const found: LogRecord<AnyMessage>[] = [];
  while ((found.at(-1)?.offset ?? from - 1) < end - 1) found.push(...(await reader.next(7, FOREVER)));
  await reader.close();
  return found;
}

export async function valuesOf(log: Log, at: TopicPartition): Promise<unknown[]> {
  return (await readAll(log, at)).map(({ value }) => value);
}
