import type { ActivityMessage } from '#schemas/topics';

/** Records of all partitions of lead.activity in the order of seq, each record for all once; watermarks have no number of their own. */
export function inSeq(records: Iterable<ActivityMessage>): readonly ActivityMessage[] {
  const bySeq = new Map<number, ActivityMessage>();
  for (const record of records) if (record.type !== 'Watermark') bySeq.set(record.value.seq, record);
  return [...bySeq.values()].sort((a, b) => a.value.seq - b.value.seq);
}
