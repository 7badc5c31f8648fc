import type { InputPosition, TopicPartition } from '#lib/flow/position';
import { SimulatedPartition } from '#test/simulation/broker/partition';
import { Transactions } from '#test/simulation/broker/transactions';
import type { World } from '#test/simulation/world';

/** The simulated log's server side: topics, transactions, committed positions. It never dies; it is out of reach at times. */
export class Broker {
  readonly #world: World;
  readonly #topics: Map<string, readonly SimulatedPartition[]>;
  readonly #transactions = new Map<string, Transactions>();
  readonly #positions = new Map<string, Map<string, InputPosition>>();
  #ids = 0;

  constructor(world: World, partitions: Readonly<Record<string, number>>) {
    this.#world = world;
    const uncommitted = world.has('read uncommitted');
    this.#topics = new Map(
      Object.entries(partitions).map(([topic, count]) => [
        topic,
        Array.from({ length: count }, (_, partition) => new SimulatedPartition({ topic, partition }, uncommitted)),
      ]),
    );
  }

  topic(name: string): readonly SimulatedPartition[] {
    const partitions = this.#topics.get(name);
    if (partitions === undefined) throw new Error(`there is no topic ${name}`);
    return partitions;
  }

  partition({ topic, partition }: TopicPartition): SimulatedPartition {
    const found = this.topic(topic)[partition];
    if (found === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
    return found;
  }

  /** The transactions under an id; those of a task have the task's name. */
  transactions(task: string): Transactions {
    const id = this.#world.has('no fencing') ? `${task}#${++this.#ids}` : task;
    const known = this.#transactions.get(id);
    if (known !== undefined) return known;
    const fresh = new Transactions(id, this.#world, this.positions(task));
    this.#transactions.set(id, fresh);
    return fresh;
  }

  /** A task's committed positions, by input as `topic/partition`. */
  positions(task: string): Map<string, InputPosition> {
    const known = this.#positions.get(task);
    if (known !== undefined) return known;
    const fresh = new Map<string, InputPosition>();
    this.#positions.set(task, fresh);
    return fresh;
  }

  /** True while a transaction is under way anywhere. */
  get busy(): boolean {
    for (const transactions of this.#transactions.values()) if (transactions.busy) return true;
    return false;
  }
}
