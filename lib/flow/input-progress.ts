import type { LogRecord } from '#lib/flow/log';
import { type InputPosition, type Position, partitionName } from '#lib/flow/position';

/** An input that is not settled, and how many decisions were taken on it. */
export interface Unsettled {
  readonly record: LogRecord;
  readonly decisions: number;
}

/** How far a decider is in each of its inputs. */
export class InputProgress {
  readonly #inputs: readonly InputPosition[];
  /** Behind the last record taken up. */
  readonly #reached = new Map<string, number>();

  constructor(positions: readonly InputPosition[]) {
    this.#inputs = positions;
    for (const input of positions) this.#reached.set(partitionName(input), input.position.offset);
  }

  /** A record is taken up; those of a partition in their order. */
  took(record: LogRecord): void {
    this.#reached.set(partitionName(record), record.offset + 1);
  }

  /** Decisions that were taken on a record before these inputs were opened. */
  decisionsBefore(record: LogRecord): number {
    const input = this.#inputs.find((one) => partitionName(one) === partitionName(record));
    return input?.position.offset === record.offset ? input.position.cursor : 0;
  }

  /** The positions of all inputs, in the order of the first ones: at the first record of each that is not settled. */
  positions(unsettled: readonly Unsettled[]): InputPosition[] {
    return this.#inputs.map(({ topic, partition }) => {
      const name = partitionName({ topic, partition });
      const first = unsettled.find(({ record }) => partitionName(record) === name);
      const position: Position =
        first === undefined
          ? { offset: this.#reached.get(name) ?? 0, cursor: 0 }
          : { offset: first.record.offset, cursor: first.decisions };
      return { topic, partition, position };
    });
  }
}
