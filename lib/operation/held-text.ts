import type { HeldBy } from '#lib/flow/task';

/** Says that a partition holds a task up, and since when, in plain words. */
export function heldText({ topic, partition, since }: HeldBy): string {
  const time = new Date(since).toISOString();
  return `decides nothing since ${time}: ${topic}/${partition} shows nothing more; is the service that writes it running?`;
}
