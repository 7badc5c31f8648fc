import { FlowError } from '#lib/flow/errors';
import type { InputPosition } from '#lib/flow/position';

/** Positions as a text that is equal if they are, in whatever order they are listed. Empty for none. */
export function positionsText(positions: readonly InputPosition[] | undefined): string {
  if (positions === undefined) return '';
  return JSON.stringify(
    positions
      .map(({ topic, partition, position }) => [topic, partition, position.offset, position.cursor] as const)
      .toSorted(([topicA, partitionA], [topicB, partitionB]) =>
        topicA === topicB ? partitionA - partitionB : topicA < topicB ? -1 : 1,
      ),
  );
}

export function storeConflict(store: string): FlowError {
  return new FlowError('store_conflict', `${store} was changed by another instance; open the task again`, {
    retriable: true,
  });
}

/** Whether JSON from a store holds positions. */
export function isPositions(json: unknown): json is readonly InputPosition[] {
  return (
    Array.isArray(json) && json.every((entry) => typeof entry === 'object' && entry !== null && 'position' in entry)
  );
}
