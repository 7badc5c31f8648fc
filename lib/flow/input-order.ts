import type { Settled } from '#lib/flow/decider';
import { InputProgress } from '#lib/flow/input-progress';
import type { InputSequence, Turn } from '#lib/flow/input-sequence';
import { type LogRecord, Undecodable } from '#lib/flow/log';
import { comparePlaces, type Place, type Placed } from '#lib/flow/place';
import { type InputPosition, partitionName, type TopicPartition } from '#lib/flow/position';

/** The place of an input; what it gives for one that no schema could read is not asked. */
export type PlaceOf = (value: unknown) => Placed;

interface Entry {
  readonly record: LogRecord;
  readonly place: Placed;
}

/** What is read of a partition and not settled, in its order. */
interface Queue {
  readonly input: TopicPartition;
  entries: readonly Entry[];
  next: number;
}

/**
 * All partitions in one order, which the log alone decides: the least place comes first. An input may be taken when every
 * partition shows one that is not before it: nothing earlier can come any more. Copies of a record for all are one input, and
 * are settled together. So what is settled is always all that comes before some place, and a crash loses nothing that has let
 * an input be taken.
 */
export class InputOrder implements InputSequence {
  /** Nobody passes another. */
  readonly underWay = undefined;
  readonly isCatchingUp = false;
  readonly #progress: InputProgress;
  readonly #placeOf: PlaceOf;
  readonly #queues: readonly Queue[];
  readonly #named: ReadonlyMap<string, Queue>;
  #turn: (Turn & Entry) | undefined;
  #decisions = 0;

  constructor(positions: readonly InputPosition[], placeOf: PlaceOf) {
    this.#progress = new InputProgress(positions);
    this.#placeOf = placeOf;
    this.#queues = positions.map(({ topic, partition }) => ({ input: { topic, partition }, entries: [], next: 0 }));
    this.#named = new Map(this.#queues.map((queue) => [partitionName(queue.input), queue]));
  }

  get isOut(): boolean {
    return this.next() === undefined;
  }

  wants(input: TopicPartition): boolean {
    const queue = this.#named.get(partitionName(input));
    return queue !== undefined && headOf(queue) === undefined;
  }

  get missing(): readonly TopicPartition[] {
    const missing = this.#queues.filter((queue) => headOf(queue) === undefined);
    return missing.length === this.#queues.length ? [] : missing.map(({ input }) => input);
  }

  add(records: readonly LogRecord[]): void {
    const added = new Map<Queue, Entry[]>();
    for (const record of records) {
      const queue = this.#named.get(partitionName(record));
      if (queue === undefined) throw new Error(`${partitionName(record)} is no input`);
      const entry = { record, place: this.#place(record) };
      const others = added.get(queue);
      if (others === undefined) added.set(queue, [entry]);
      else others.push(entry);
    }
    for (const [queue, entries] of added) {
      queue.entries = queue.next === queue.entries.length ? entries : [...queue.entries.slice(queue.next), ...entries];
      queue.next = 0;
    }
  }

  next(): Turn | undefined {
    if (this.#turn !== undefined) return this.#turn;
    let first: Entry | undefined;
    let now = Number.POSITIVE_INFINITY;
    for (const queue of this.#queues) {
      const head = headOf(queue);
      if (head === undefined) return undefined;
      now = Math.min(now, head.place.loggedAt);
      if (first === undefined || comparePlaces(head.place, first.place) < 0) first = head;
    }
    // Of all partitions the first record that is not before this input: where there is one partition, it brings the time.
    this.#turn = first === undefined ? undefined : { ...first, now };
    return this.#turn;
  }

  decided(record: LogRecord, settled: Settled): void {
    if (settled !== 'settled') {
      this.#decisions = (this.#decisions || this.#progress.decisionsBefore(record)) + 1;
      return;
    }
    const place = this.#turn?.place;
    this.#turn = undefined;
    this.#decisions = 0;
    for (const queue of this.#queues) {
      const head = headOf(queue);
      if (head === undefined || (head.record !== record && !isCopy(head.place, place))) continue;
      queue.next++;
      this.#progress.took(head.record);
    }
  }

  wait(record: LogRecord): void {
    throw new Error(`${partitionName(record)} offset ${record.offset} is next in order: it cannot wait`);
  }

  positions(): InputPosition[] {
    const record = this.#turn?.record;
    return this.#progress.positions(
      record === undefined || this.#decisions === 0 ? [] : [{ record, decisions: this.#decisions }],
    );
  }

  #place({ value }: LogRecord): Placed {
    return value instanceof Undecodable ? UNREADABLE : this.#placeOf(value);
  }
}

function headOf({ entries, next }: Queue): Entry | undefined {
  return entries[next];
}

function isCopy(a: Place, b: Place | undefined): boolean {
  return b !== undefined && a !== UNREADABLE && comparePlaces(a, b) === 0;
}

/** What cannot be read stops whoever comes to it, at once. */
const UNREADABLE: Placed = { at: Number.NEGATIVE_INFINITY, rank: 0, seq: 0, key: '', loggedAt: 0 };
