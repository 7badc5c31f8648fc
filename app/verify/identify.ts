import type { Findings } from '#app/verify/compare';
import { type KeptRecord, readAny, readTopic } from '#app/verify/topic';
import { DeciderMachine } from '#lib/flow/decider-machine';
import { type Log, type LogRecord, Undecodable } from '#lib/flow/log';
import { mergeBySeq } from '#lib/flow/merge';
import type { Position } from '#lib/flow/position';
import { Overlay } from '#lib/flow/table';
import type { DeciderTopology } from '#lib/flow/topology';
import {
  type ActivityMessage,
  type DeadLetterMessage,
  type EventMessage,
  type JoinMessage,
  TOPICS,
} from '#schemas/topics';
import { UNDECODABLE } from '#services/identify/topology';

const EVENTS = { topic: TOPICS.events, partition: 0 };

/**
 * Checks lead.activity: numbered without gaps, time never back, and, as far as lead.events still holds its input, each
 * record what identify decides on that input, each input settled once; others may have passed one that took several
 * decisions. What leads answered that were asked what was decided about them stands there as they answered it. `until`: identify's
 * position in lead.events.
 * Returns how many records were checked.
 */
export async function verifyIdentify(
  topology: DeciderTopology,
  log: Log,
  until: Position,
  findings: Findings,
  signal: AbortSignal,
): Promise<number> {
  const partitions = (topic: string) => log.partitions(topic);
  const table = new Overlay();
  const events = readAny<EventMessage>(log, EVENTS, signal);
  const unreadable = await refusedAsUnreadable(log, signal);
  const decided = decisions(log, topology, signal);
  const answers = new Answers(log, signal);
  let input = await events.next();
  let output = await decided.next();
  /** An input that takes several decisions, and those that wait for it, in their order. */
  let underWay: LogRecord<EventMessage> | undefined;
  const waiting = new Map<number, LogRecord<EventMessage>>();
  let lastSeq = 0;
  let lastAt = 0;
  let checked = 0;

  /** Evolves the state by one record of the log, as it is. */
  function fold(record: KeptRecord<ActivityMessage>): void {
    const { seq, logged_at } = record.value.value;
    const where = `${TOPICS.activity}/${record.partition}`;
    if (seq !== lastSeq + 1) findings.add(where, `offset ${record.offset} seq`, seq, lastSeq + 1);
    if (logged_at < lastAt) findings.add(where, `offset ${record.offset} logged_at`, logged_at, `not before ${lastAt}`);
    lastSeq = seq;
    lastAt = logged_at;
    const machine = new DeciderMachine(topology.decider, partitions, table);
    machine.evolve(record.value);
    table.apply(machine.changes());
    checked++;
  }

  /** What identify decides on an input at a time; copies for all partitions once. */
  function redecide(record: LogRecord<EventMessage | JoinMessage>, now: number): Redecided {
    const machine = new DeciderMachine(topology.decider, partitions, table);
    const isUnreadable = record.topic === TOPICS.events && unreadable.has(record.offset);
    const settled = machine.decide(isUnreadable ? { ...record, value: UNREADABLE } : record, now) === 'settled';
    const outputs = machine.outputs.filter(({ topic }) => topic === TOPICS.activity);
    return { values: [...new Set(outputs.map(({ value }) => value))], settled };
  }

  /** Takes one decision on an input again; true if its records are the next ones. */
  async function compare(record: LogRecord, { values }: Redecided): Promise<boolean> {
    for (const value of values) {
      const place = output.done === true ? undefined : output.value;
      const where = place === undefined ? TOPICS.activity : `${TOPICS.activity}/${place.partition}`;
      const name = place === undefined ? `answer to offset ${record.offset}` : `offset ${place.offset}`;
      const again = withStampsOf(place?.value, value);
      if (!findings.compare(where, name, place?.value, again) || place === undefined) return false;
      fold(place);
      output = await decided.next();
    }
    return true;
  }

  /** An answer stands where it was heard, as it was given. */
  async function compareAnswer({ value }: KeptRecord<JoinAnsweredMessage>): Promise<boolean> {
    const answer = await answers.at(value.value.answer_partition, value.value.answer_offset);
    if (answer === undefined) {
      findings.add(TOPICS.joins, `answer to ${value.value.join_seq}`, undefined, value.value);
      return false;
    }
    const again = redecide(answer, value.value.logged_at);
    if (again.values.length > 0) return compare(answer, again);
    findings.add(TOPICS.joins, `offset ${answer.offset}`, value.value, 'nothing: nobody waits for it');
    return false;
  }

  const oldest = await log.start(EVENTS);
  const lastExpired = oldest === 0 ? NONE : await lastSeqAnswering(oldest, log, topology, signal);

  while (!findings.full) {
    const next = output.done === true ? undefined : output.value;
    if (next !== undefined && next.value.value.seq <= lastExpired && (answeredBy(next) ?? NONE) < oldest) {
      fold(next);
      output = await decided.next();
      continue;
    }
    if (next !== undefined && isJoinAnswered(next)) {
      if (!(await compareAnswer(next))) return checked;
      continue;
    }
    const answered = answeredBy(next) ?? NONE;
    const [first] = waiting.values();
    const isPassing = underWay !== undefined && answered !== underWay.offset;
    const waited = isPassing ? waiting.get(answered) : (underWay ?? first);
    const record = waited ?? (input.done === true ? undefined : input.value);
    const isOver = record === undefined || (next === undefined && record.offset >= until.offset);
    if (isOver && next?.value.type !== 'Tick') break;
    const again = isOver
      ? NOTHING
      : redecide(record, next?.value.value.logged_at ?? Math.max(lastAt, receivedAt(record)));
    if (next?.value.type === 'Tick' && (isPassing || !startsWithTick(again.values))) {
      fold(next);
      output = await decided.next();
      continue;
    }
    if (isOver) break;
    const mayWait = isPassing && waited === undefined && (again.values.length > 0 || !again.settled);
    if (mayWait && (answered > record.offset || !again.settled)) waiting.set(record.offset, record);
    else {
      if (!(await compare(record, again))) return checked;
      if (again.settled && record === underWay) underWay = undefined;
      if (!again.settled) underWay = record;
      waiting.delete(record.offset);
    }
    if (waited === undefined) input = await events.next();
  }
  if (underWay !== undefined && underWay.offset < until.offset) {
    findings.add(TOPICS.activity, `answer to offset ${underWay.offset}`, undefined, 'the last decision on it');
  }
  for (; output.done !== true; output = await decided.next()) {
    if (output.value.value.type !== 'Tick') {
      findings.add(
        `${TOPICS.activity}/${output.value.partition}`,
        `offset ${output.value.offset}`,
        output.value.value,
        undefined,
      );
    }
    fold(output.value);
  }
  return checked;
}

/**
 * What identify decides now, with the stamps of the record: they were told by the lists of that day, and stand whatever newer
 * lists say.
 */
function withStampsOf(record: ActivityMessage | undefined, value: unknown): unknown {
  const again = value as ActivityMessage;
  if (record?.type !== 'Activity' || again.type !== 'Activity' || record.value.lists === again.value.lists)
    return value;
  const { agent, lists } = record.value;
  return { type: 'Activity', value: { ...again.value, agent, lists } };
}

type JoinAnsweredMessage = Extract<ActivityMessage, { readonly type: 'JoinAnswered' }>;

function isJoinAnswered(record: KeptRecord<ActivityMessage>): record is KeptRecord<JoinAnsweredMessage> {
  return record.value.type === 'JoinAnswered';
}

/** What leads answered, read once from the beginning of each partition. */
class Answers {
  readonly #read = new Map<number, AsyncGenerator<KeptRecord<JoinMessage>>>();

  constructor(
    private readonly log: Log,
    private readonly signal: AbortSignal,
  ) {}

  /** The answer at an offset of a partition, asked for in their order; undefined: there is none. */
  async at(partition: number, offset: number): Promise<KeptRecord<JoinMessage> | undefined> {
    const known = this.#read.get(partition);
    const records = known ?? readTopic<JoinMessage>(this.log, { topic: TOPICS.joins, partition }, this.signal);
    this.#read.set(partition, records);
    for (let next = await records.next(); next.done !== true; next = await records.next()) {
      if (next.value.offset >= offset) return next.value.offset === offset ? next.value : undefined;
    }
    return undefined;
  }
}

/** The number of the last decision on an input that has expired, before `oldest`: those, and ticks between them, are believed. */
async function lastSeqAnswering(oldest: number, log: Log, topology: DeciderTopology, signal: AbortSignal) {
  let last = NONE;
  for await (const record of decisions(log, topology, signal)) {
    const answered = answeredBy(record);
    if (answered !== undefined && answered < oldest) last = record.value.value.seq;
  }
  return last;
}

interface Redecided {
  readonly values: readonly unknown[];
  readonly settled: boolean;
}

const NOTHING: Redecided = { values: [], settled: true };

/** No offset, and no number of a record. */
const NONE = -1;

/** When an input was received, ms; 0: it cannot be read. */
function receivedAt({ value }: LogRecord<EventMessage>): number {
  return value instanceof Undecodable ? 0 : value.value.received_at;
}

/** The offset of the input that a record answers; undefined: none, or there is no record. */
function answeredBy(record: KeptRecord<ActivityMessage> | undefined): number | undefined {
  const value = record?.value.value;
  return value !== undefined && 'input_offset' in value ? value.input_offset : undefined;
}

const UNREADABLE = new Undecodable(new Uint8Array(), 'no schema could read it when it came');

/** Offsets of lead.events that were decided as dead letters because no schema could read them, whatever can by now. */
async function refusedAsUnreadable(log: Log, signal: AbortSignal): Promise<ReadonlySet<number>> {
  const offsets = new Set<number>();
  const letters = readTopic<DeadLetterMessage>(log, { topic: TOPICS.deadLetters, partition: 0 }, signal);
  for await (const { value } of letters) {
    const [topic, , offset] = value.value.origin.split(' ');
    if (value.value.reason === UNDECODABLE && topic === TOPICS.events) offsets.add(Number(offset));
  }
  return offsets;
}

/** All of lead.activity in the order of seq, each record for all once. */
async function* decisions(
  log: Log,
  topology: DeciderTopology,
  signal: AbortSignal,
): AsyncGenerator<KeptRecord<ActivityMessage>> {
  const count = log.partitions(TOPICS.activity);
  const places = Array.from({ length: count }, (_, partition) => ({ topic: TOPICS.activity, partition }));
  const bounded = await Promise.all(
    places.map(async (place) => ({ reader: log.reader(place, 0), end: await log.end(place) })),
  );
  let last = 0;
  try {
    for await (const record of mergeBySeq(bounded, topology.decider.seqOf, signal)) {
      const kept = record as KeptRecord<ActivityMessage>;
      if (kept.value.value.seq === last) continue;
      last = kept.value.value.seq;
      yield kept;
    }
  } finally {
    await Promise.all(bounded.map(({ reader }) => reader.close()));
  }
}

function startsWithTick(values: readonly unknown[]): boolean {
  const [first] = values as readonly ActivityMessage[];
  return first?.type === 'Tick';
}
