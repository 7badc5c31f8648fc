/**
 * How far a task has come in one input partition. `offset` is the next record; `cursor` counts the steps of that
 * record which are already committed, since one record's work (a tick after a long stop) may span many commits.
 */
export interface Position {
  readonly offset: number;
  readonly cursor: number;
}

export const START: Position = { offset: 0, cursor: 0 };

/** Negative if `a` comes before `b`, 0 if equal. */
export function comparePositions(a: Position, b: Position): number {
  return a.offset - b.offset || a.cursor - b.cursor;
}

/** One partition of a topic, numbered from 0. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** The partition as a text, e.g. `lead.activity/3`: no other has it. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** A task's position in one of its inputs. */
export interface InputPosition extends TopicPartition {
  readonly position: Position;
}
