import type { Staged } from '#schemas/generated/records';

/**
 * What brought a record of lead.stages about, in words that no other record of its lead has: ids are hashes of it. An event
 * may come more than once, from two publishers or moved away and back, but each time under another number of identify's; a
 * wake-up comes once for the time at which it was due. Neither depends on partitions or batches.
 */
export function occasionOf({ scored, cause_id, seq }: Staged): string {
  const cause = scored?.cause ?? 'quiet';
  return cause === 'quiet' || cause === 'wake' ? `${cause} ${cause_id}` : `${cause} ${seq} ${cause_id}`;
}
