import type { Codec } from '#lib/avro/codec';
import { type Log, Undecodable } from '#lib/flow/log';
import { type AnyMessage, TOPICS, type Topic } from '#schemas/topics';
import { type ReadRecord, readWithJava } from '#test/chaos/kafka/check/java-reader';
import { eventName, type Ledger } from '#test/chaos/kafka/publishers/ledger';

/** A problem: what was promised and is not so. */
export type Report = (problem: string) => void;

/** A topic as Kafka's own consumer has read it. */
export interface ReadTopic {
  readonly topic: Topic;
  readonly records: number;
  /** Of each partition, in order. */
  readonly offsets: readonly (readonly number[])[];
}

/** What lead.events holds, by what must come of it. */
interface Events {
  /** The hash of what came first under a name. */
  readonly first: Map<string, string>;
  /** Offsets that must be dead letters, with the bytes that those must hold; undefined: a rendering of the event. */
  readonly refused: Map<number, string | undefined>;
}

/** How often a join was opened, answered and closed. */
interface Joined {
  opened: number;
  answers: number;
  closed: number;
}

export interface PromisesOptions {
  readonly address: string;
  /** Says where topics should end, nothing else. */
  readonly log: Pick<Log, 'partitions' | 'end'>;
  readonly codec: Codec;
  readonly ledger: Ledger;
  readonly report: Report;
}

/**
 * Reads every topic with Kafka's own consumer and holds it against what the publishers know: every acknowledged event is
 * one activity, or a refused one; nothing of an aborted transaction is anywhere; every poison record is one dead letter;
 * no decision is there twice; every join that was opened is answered and closed, once.
 */
export async function checkPromises(options: PromisesOptions): Promise<readonly ReadTopic[]> {
  const { codec, ledger, report } = options;
  const events: Events = { first: new Map(), refused: new Map() };
  const settled = new Map<string, number>();
  const letters: ReadRecord[] = [];
  const seen = new Set<string>();
  const joins = new Map<number, Joined>();

  function once(name: string): void {
    if (seen.has(name)) report(`${name} is there twice`);
    seen.add(name);
  }

  function joinOf(seq: number): Joined {
    const known = joins.get(seq) ?? { opened: 0, answers: 0, closed: 0 };
    joins.set(seq, known);
    return known;
  }

  function onMessage(topic: Topic, record: ReadRecord, { type, value }: AnyMessage): void {
    switch (type) {
      case 'Activity':
        if (value.cause !== 'move') count(settled, eventName(value.publisher, value.event_id));
        return;
      case 'JoinOpened':
        if (value.lead_id === value.from_lead_id) joinOf(value.seq).opened++;
        return;
      case 'JoinAnswer':
        joinOf(value.join_seq).answers++;
        return;
      case 'JoinClosed':
        if (value.lead_id !== value.from_lead_id) joinOf(value.join_seq).closed++;
        return;
      case 'Scored':
      case 'Staged':
        once(`${topic}/${record.partition} seq ${value.seq} step ${value.step}`);
        return;
      case 'Trigger':
        once(`trigger ${value.trigger_id}`);
        return;
      case 'Handoff':
        once(`handoff ${value.handoff_id}`);
        once(`handoff_seq ${value.handoff_seq}`);
        return;
      case 'DeadLetter':
        letters.push(record);
    }
  }

  const read: ReadTopic[] = [];
  for (const topic of Object.values(TOPICS)) {
    const one = await readTopic(options, topic, (record) => {
      if (topic === TOPICS.events) {
        sort(record, codec, ledger, events, report);
        return;
      }
      const message = codec.decode(record.value);
      if (!(message instanceof Undecodable)) onMessage(topic, record, message);
      else report(`${topic}/${record.partition} offset ${record.offset}: ${message.reason}`);
    });
    read.push(one);
  }

  for (const name of ledger.acknowledged) {
    if (!events.first.has(name)) report(`event ${name} was acknowledged and is not in lead.events`);
  }
  for (const name of events.first.keys()) {
    const times = settled.get(name) ?? 0;
    if (times !== 1) report(`event ${name} is ${times} activities`);
  }
  for (const name of settled.keys()) if (!events.first.has(name)) report(`activity ${name} comes from nowhere`);
  for (const [seq, { opened, answers, closed }] of joins) {
    if (opened !== 1 || answers !== 1 || closed !== 1)
      report(`join ${seq} is opened ${opened} times, has ${answers} answers and is closed ${closed} times`);
  }
  checkLetters(letters, events.refused, codec, report);
  return read;
}

async function readTopic(
  { address, log }: PromisesOptions,
  topic: Topic,
  each: (record: ReadRecord) => void,
): Promise<ReadTopic> {
  const partitions = Array.from({ length: log.partitions(topic) }, (_, partition) => partition);
  const ends = await Promise.all(partitions.map((partition) => log.end({ topic, partition })));
  const offsets: number[][] = partitions.map(() => []);
  let records = 0;
  await readWithJava(address, topic, ends, (record) => {
    records++;
    offsets[record.partition]?.push(record.offset);
    each(record);
  });
  return { topic, records, offsets };
}

/** Takes up a record of lead.events as what its publisher knows it to be. */
function sort(record: ReadRecord, codec: Codec, ledger: Ledger, events: Events, report: Report): void {
  const { offset, value } = record;
  const bytes = value.toString('hex');
  if (ledger.abortedPoison.has(bytes)) report(`lead.events offset ${offset} was never committed`);
  if (ledger.poison.has(bytes)) {
    events.refused.set(offset, bytes);
    return;
  }
  const message = codec.decode(value);
  if (message instanceof Undecodable) {
    report(`lead.events offset ${offset}: nobody sent this: ${message.reason}`);
    return;
  }
  if (message.type !== 'LeadEvent') return;
  const { publisher, event_id, content_hash } = message.value;
  const name = eventName(publisher, event_id);
  if (ledger.aborted.has(name)) report(`event ${name} of an aborted transaction is in lead.events`);
  else if (!ledger.sent.has(name)) report(`lead.events offset ${offset}: nobody sent ${name}`);
  const first = events.first.get(name);
  if (first === undefined) events.first.set(name, content_hash);
  else if (first !== content_hash) events.refused.set(offset, undefined);
}

/** Each refused record is one dead letter, with its bytes and Kafka Connect's headers. */
function checkLetters(
  letters: readonly ReadRecord[],
  refused: ReadonlyMap<number, string | undefined>,
  codec: Codec,
  report: Report,
): void {
  const found = new Map<number, number>();
  for (const { offset, headers, value } of letters) {
    const message = codec.decode(value);
    if (message instanceof Undecodable || message.type !== 'DeadLetter') continue;
    const { origin, original, reason } = message.value;
    const where = `dead letter at offset ${offset}`;
    const [, of] = /^lead\.events 0 (\d+)$/.exec(origin) ?? [];
    if (of === undefined || !refused.has(Number(of))) {
      report(`${where}: ${origin} should not be refused (${reason})`);
      continue;
    }
    count(found, Number(of));
    const bytes = refused.get(Number(of));
    if (bytes !== undefined && Buffer.from(original).toString('hex') !== bytes)
      report(`${where}: other bytes than ${origin}`);
    const expected = { topic: TOPICS.events, partition: '0', offset: of, 'exception.class.name': reason };
    for (const [name, text] of Object.entries(expected)) {
      const header = headers.get(`__connect.errors.${name}`);
      if (header !== text) report(`${where}: header __connect.errors.${name} is ${header}, not ${text}`);
    }
  }
  for (const offset of refused.keys()) {
    const times = found.get(offset) ?? 0;
    if (times !== 1) report(`lead.events offset ${offset} is ${times} dead letters`);
  }
}

function count<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
