import { join } from 'node:path';
import { createCodec } from '#lib/avro/codec';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import { Undecodable } from '#lib/flow/log';
import { createPacker } from '#lib/log/embedded/chunk';
import { createChunks } from '#lib/log/embedded/chunks';
import { openFiles } from '#lib/log/embedded/files';
import { RecentSpace } from '#lib/log/embedded/recent';
import { chunkKey, createSlot } from '#lib/log/embedded/slot';
import { type AnyMessage, TOPICS } from '#schemas/topics';

/**
 * Changes the first record of a topic (partition 0) for which `change` gives another one, on the disk of a folder that
 * nobody has open. Returns its offset.
 */
export async function changeRecord(
  dir: string,
  topic: string,
  change: (message: AnyMessage) => AnyMessage | undefined,
): Promise<number> {
  const partitions = Object.fromEntries(Object.values(TOPICS).map((name) => [name, 1]));
  const { environment, chunkDatabase, topics, registry } = await openFiles(
    join(dir, 'log'),
    partitions,
    RECORD_SCHEMAS,
  );
  try {
    const codec = createCodec(registry, RECORD_SCHEMAS);
    const slot = createSlot({ topic, partition: 0 }, topics.get(topic)?.id ?? 0, 0, new RecentSpace(0));
    const chunks = createChunks(chunkDatabase, codec);
    for (let next = 0; ; ) {
      const cursor = chunks.find(slot, next);
      if (cursor === undefined) throw new Error(`no record of ${topic} is one to change`);
      const first = cursor.offset();
      const records = [];
      let changedAt: number | undefined;
      while (cursor.hasNext()) {
        const { offset, key, value } = cursor.next();
        if (value instanceof Undecodable) throw new Error(`${topic} offset ${offset}: ${value.reason}`);
        const changed = changedAt === undefined ? change(value as AnyMessage) : undefined;
        if (changed !== undefined) changedAt = offset;
        records.push({ topic, partition: 0, key, value: changed ?? value });
        next = offset + 1;
      }
      if (changedAt === undefined) continue;
      const [packing] = createPacker(codec)(records, () => 0).values();
      const [chunk, more] = packing?.chunks ?? [];
      if (chunk === undefined || more !== undefined) throw new Error('the changed records do not fit into their chunk');
      await environment.transaction(() => chunkDatabase.put(chunkKey(slot, first), chunk.bytes));
      await environment.flushed;
      return changedAt;
    }
  } finally {
    await environment.close();
  }
}
