import { fenced } from '#lib/flow/errors';
import type { Outgoing } from '#lib/flow/log';
import type { InputPosition } from '#lib/flow/position';
import type { Part, SimulatedPartition } from '#test/simulation/broker/partition';
import type { Answer } from '#test/simulation/process';
import type { Planned } from '#test/simulation/schedule';
import type { World } from '#test/simulation/world';

interface Transaction {
  timeout: Planned | undefined;
  phase: 'ongoing' | 'ending';
  readonly parts: Map<SimulatedPartition, Part>;
  readonly positions: InputPosition[];
}

/** An open transaction is aborted after so long, ms. */
const TIMEOUT = 20_000;

/**
 * The transactions of one transactional id, as Kafka's coordinator runs them: each open takes the next epoch, which fences
 * all before it; the end of a transaction is decided first, and its markers follow partition by partition.
 */
export class Transactions {
  readonly #id: string;
  readonly #world: World;
  readonly #positions: Map<string, InputPosition>;
  #epoch = 0;
  #current: Transaction | undefined;
  #waiting: (() => void)[] = [];

  /** `positions`: committed ones, by input. */
  constructor(id: string, world: World, positions: Map<string, InputPosition>) {
    this.#id = id;
    this.#world = world;
    this.#positions = positions;
  }

  /** True while a transaction is open or its markers are not all written. */
  get busy(): boolean {
    return this.#current !== undefined;
  }

  /** Fences all older epochs, settles what they left open, then answers with an epoch of its own. */
  open(answer: Answer<number>): void {
    this.#epoch++;
    if (this.#current?.phase === 'ongoing') this.#end(this.#current, 'aborted');
    // Another may have opened and begun meanwhile: the last one to be answered is the owner.
    const ready = () => (this.#current === undefined ? answer.ok(++this.#epoch) : this.open(answer));
    if (this.#world.has('positions before settlement')) answer.ok(++this.#epoch);
    else this.#whenEnded(ready);
  }

  begin(epoch: number, answer: Answer<void>): void {
    this.#within(epoch, answer, () => {});
  }

  produce(epoch: number, target: SimulatedPartition, records: readonly Outgoing[], answer: Answer<void>): void {
    this.#within(epoch, answer, (transaction) => {
      let part = transaction.parts.get(target);
      if (part === undefined) {
        part = { status: 'open' };
        transaction.parts.set(target, part);
      }
      target.append(records, part);
    });
  }

  position(epoch: number, positions: readonly InputPosition[], answer: Answer<void>): void {
    this.#within(epoch, answer, (transaction) => void transaction.positions.push(...positions));
  }

  commit(epoch: number, answer: Answer<void>): void {
    if (!this.#holds(epoch, answer)) return;
    const transaction = this.#current;
    if (transaction?.phase !== 'ongoing') {
      answer.fail(new Error(`${this.#id}: no transaction to commit`));
      return;
    }
    this.#end(transaction, 'committed');
    // The reply comes when the end is decided, or when all markers are written.
    if (this.#world.random.chance(0.5)) answer.ok();
    else this.#whenEnded(() => answer.ok());
  }

  /** Runs in the transaction under way; begins one if there is none, after the one before has ended everywhere. */
  #within(epoch: number, answer: Answer<void>, act: (transaction: Transaction) => void): void {
    if (!this.#holds(epoch, answer)) return;
    if (this.#current?.phase === 'ending') {
      this.#whenEnded(() => this.#within(epoch, answer, act));
      return;
    }
    this.#current ??= this.#begin();
    act(this.#current);
    answer.ok();
  }

  #holds(epoch: number, answer: Answer<void>): boolean {
    if (epoch === this.#epoch) return true;
    this.#world.stats.fences++;
    answer.fail(fenced(this.#id));
    return false;
  }

  #begin(): Transaction {
    const transaction: Transaction = { timeout: undefined, phase: 'ongoing', parts: new Map(), positions: [] };
    this.#world.stats.transactions++;
    transaction.timeout = this.#world.schedule.after(TIMEOUT, `${this.#id} transaction times out`, () => {
      this.#epoch++;
      this.#end(transaction, 'aborted');
    });
    return transaction;
  }

  #end(transaction: Transaction, status: 'committed' | 'aborted'): void {
    const world = this.#world;
    transaction.phase = 'ending';
    if (transaction.timeout !== undefined) transaction.timeout.cancelled = true;
    if (status === 'aborted') world.stats.aborted++;
    let left = transaction.parts.size + 1;
    const ended = () => {
      if (--left > 0) return;
      this.#current = undefined;
      const waiting = this.#waiting;
      this.#waiting = [];
      for (const go of waiting) this.#whenEnded(go);
    };
    for (const [partition, part] of transaction.parts) {
      world.schedule.after(world.delay(), `${this.#id} ${status} in a partition`, () => {
        partition.mark(part, status);
        ended();
      });
    }
    world.schedule.after(world.delay(), `${this.#id} ${status} for its positions`, () => {
      if (status === 'committed') {
        for (const input of transaction.positions) this.#positions.set(`${input.topic}/${input.partition}`, input);
      }
      ended();
    });
  }

  #whenEnded(act: () => void): void {
    if (this.#current?.phase === 'ending') this.#waiting.push(act);
    else act();
  }
}
