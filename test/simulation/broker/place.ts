import type { TopicPartition } from '#lib/flow/position';
import type { Place } from '#test/simulation/process';

export const LOG: Place = { name: 'the log', local: false };

export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
