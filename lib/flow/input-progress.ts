import type { LogRecord } from '#lib/flow/log';
import type { InputPosition, Position, TopicPartition } from '#lib/flow/position';

/** How far a decider is in each of its inputs. */
export class InputProgress {
  readonly #inputs: readonly TopicPartition[];
  readonly #reached = new Map<string, Map<number, Position>>();

  constructor(positions: readonly InputPosition[]) {
    this.#inputs = positions;
    for (const { topic, partition, position } of positions) this.#of(topic).set(partition, position);
  }

  /** One more decision on a record; `settled`: it is done with. */
  decided({ topic, partition, offset }: LogRecord, settled: boolean): void {
    const reached = this.#of(topic);
    const before = reached.get(partition);
    const decisions = before?.offset === offset ? before.cursor + 1 : 1;
    reached.set(partition, settled ? { offset: offset + 1, cursor: 0 } : { offset, cursor: decisions });
  }

  /** The positions of all inputs, in the order of the first ones. */
  positions(): InputPosition[] {
    return this.#inputs.flatMap(({ topic, partition }) => {
      const position = this.#of(topic).get(partition);
      return position === undefined ? [] : [{ topic, partition, position }];
    });
  }

  #of(topic: string): Map<number, Position> {
    const known = this.#reached.get(topic);
    if (known !== undefined) return known;
    const fresh = new Map<number, Position>();
    this.#reached.set(topic, fresh);
    return fresh;
  }
}
