import { partitionName } from '#lib/flow/position';
import type { HeldBy } from '#lib/flow/task';

/** Says which partition a task waits for, and since when, in plain words. */
export function heldText(by: HeldBy): string {
  const time = new Date(by.since).toISOString();
  return `waits since ${time} for ${partitionName(by)}, which shows nothing more; is the service that writes it running?`;
}
