import { join } from 'node:path';
import { createCodec } from '#lib/avro/codec';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import { Undecodable } from '#lib/flow/log';
import { seal } from '#lib/log/embedded/chunk';
import { chunkKey } from '#lib/log/embedded/chunk-key';
import { chunksOf, unpack } from '#lib/log/embedded/chunks';
import { openChunk } from '#lib/log/embedded/cursor';
import { openFiles } from '#lib/log/embedded/files';
import { createPacker } from '#lib/log/embedded/packer';
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
    const { id: topicId = 0, partitions = 0 } = topics.get(topic) ?? {};
    for (let partition = 0; partition < partitions; partition++) {
      const place = { at: { topic, partition }, topicId };
      for (const stored of chunksOf(chunkDatabase, place, 0, 'on')) {
        const chunk = unpack(place, stored);
        const cursor = openChunk(place.at, stored.offset, chunk, codec);
        const records = [];
        let changedAt: number | undefined;
        while (cursor.hasNext()) {
          const { offset, key, value } = cursor.next();
          if (value instanceof Undecodable) throw new Error(`${topic} offset ${offset}: ${value.reason}`);
          const changed = changedAt === undefined ? change(value as AnyMessage) : undefined;
          if (changed !== undefined) changedAt = offset;
          records.push({ topic, partition, key, value: changed ?? value });
        }
        if (changedAt === undefined) continue;
        const [packing] = createPacker(codec)(records, () => 0).values();
        if (packing === undefined) throw new Error('a chunk without records');
        const key = chunkKey(place, stored.offset);
        const bytes = seal(key, { ...chunk, body: packing.records }, true);
        await environment.transaction(() => chunkDatabase.put(key, bytes));
        await environment.flushed;
        return changedAt;
      }
    }
    throw new Error(`no record of ${topic} is one to change`);
  } finally {
    await environment.close();
  }
}
