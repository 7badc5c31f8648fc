import type { Staged } from '#schemas/generated/records';

/**
 * What brought a record of lead.stages about, in words that no other record of its lead has: ids are hashes of it. What can lead to a
 * decision is named by what happened: a publisher's event, which is logged once, or a wake-up by the time at which it was due. So
 * neither partitions, batches nor what else is logged meanwhile play a part. What moves, or only tells something, may come more than
 * once, each time under another number of identify's.
 */
export function occasionOf({ scored, cause_id, seq }: Staged): string {
  const cause = scored?.cause ?? 'quiet';
  if (cause === 'quiet' || cause === 'wake') return `${cause} ${cause_id}`;
  const activity = scored?.activity ?? null;
  if (activity === null || activity.cause === 'move') return `${cause} ${seq} ${cause_id}`;
  return `${cause} ${activity.publisher} ${cause_id}`;
}
