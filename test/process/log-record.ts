import { join } from 'node:path';
import { createCodec } from '#lib/avro/codec';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import { Undecodable } from '#lib/flow/log';
import { createPacker } from '#lib/log/embedded/chunk';
import { createChunks } from '#lib/log/embedded/chunks';
import { openFiles } from '#lib/log/embedded/files';
import { RecentSpace } from '#lib/log/embedded/recent';
import { chunkKey, createSlot } from '#lib/log/embedded/slot';
import type { AnyMessage } from '#schemas/topics';

/**
 * Changes the first record of a topic, in one of its partitions, for which `change` gives another one, on the disk of a folder
 * that nobody has open. Returns its offset.
 */
export async function changeRecord(
  dir: string,
  topic: string,
  change: (message: AnyMessage) => AnyMessage | undefined,
): Promise<number> {
  const counts = (stored: ReadonlyMap<string, number>) => Object.fromEntries(stored);
  const { environment, chunkDatabase, topics, registry } = await openFiles(join(dir, 'log'), counts, RECORD_SCHEMAS);
  try {
    const codec = createCodec(registry, RECORD_SCHEMAS);
    const { id = 0, partitions = 0 } = topics.get(topic) ?? {};
    const chunks = createChunks(chunkDatabase, codec);
    for (let partition = 0; partition < partitions; partition++) {
      const slot = createSlot({ topic, partition }, id, 0, new RecentSpace(0));
      for (let cursor = chunks.find(slot, 0), next = 0; cursor !== undefined; cursor = chunks.find(slot, next)) {
        const first = cursor.offset();
        const records = [];
        let changedAt: number | undefined;
        while (cursor.hasNext()) {
          const { offset, key, value } = cursor.next();
          if (value instanceof Undecodable) throw new Error(`${topic} offset ${offset}: ${value.reason}`);
          const changed = changedAt === undefined ? change(value as AnyMessage) : undefined;
          if (changed !== undefined) changedAt = offset;
          records.push({ topic, partition, key, value: changed ?? value });
          next = offset + 1;
        }
        if (changedAt === undefined) continue;
        const [packing] = createPacker(codec)(records, () => 0).values();
        const [chunk, more] = packing?.chunks ?? [];
        if (chunk === undefined || more !== undefined)
          throw new Error('the changed records do not fit into their chunk');
        await environment.transaction(() => chunkDatabase.put(chunkKey(slot, first), chunk.bytes));
        await environment.flushed;
        return changedAt;
      }
    }
    throw new Error(`no record of ${topic} is one to change`);
  } finally {
    await environment.close();
  }
}
