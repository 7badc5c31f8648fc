import { partitionName } from '#lib/flow/position';
import type { HeldBy } from '#lib/flow/task';

/** Says that a partition holds a task up, and since when, in plain words. */
export function heldText(by: HeldBy): string {
  const time = new Date(by.since).toISOString();
  return `decides nothing since ${time}: ${partitionName(by)} shows nothing more; is the service that writes it running?`;
}
