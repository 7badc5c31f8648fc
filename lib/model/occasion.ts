import type { Staged } from '#schemas/generated/records';

/**
 * What brought a record of lead.stages about, in words that no other record of its lead has: ids are hashes of it. An event
 * may come more than once, from two publishers or moved away and back, but each time under another number of identify's; a
 * wake-up comes once for the time at which it was due. Neither depends on partitions or batches. (Only what engine 1 wrote
 * at a wake-up cannot be told apart without the number and step of the record that brought the time.)
 */
export function occasionOf({ scored, cause_id, due_at, seq, step }: Staged): string {
  const cause = scored?.cause ?? 'quiet';
  if (cause !== 'quiet' && cause !== 'wake') return `${cause} ${seq} ${cause_id}`;
  return due_at === null ? `${cause} ${seq}.${step} ${cause_id}` : `${cause} ${cause_id}`;
}
