import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCodec } from '#lib/avro/codec';
import { createRegistry } from '#lib/avro/registry';
import { RECORD_SCHEMAS } from '#lib/avro/schema';
import { CHUNK_BYTES } from '#lib/log/embedded/chunk';
import { chunkKey, sizeOf } from '#lib/log/embedded/chunk-key';
import { type ChunkDatabase, chunksOf, unpack } from '#lib/log/embedded/chunks';
import { openFiles } from '#lib/log/embedded/files';
import { type EmbeddedLog, openEmbeddedLog } from '#lib/log/embedded/log';
import { createPacker } from '#lib/log/embedded/packer';
import type { Settings } from '#lib/log/embedded/settings';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { activityAt, CONTRACT_PARTITIONS, FOREVER, ticks, valuesOf } from '#test/contracts/log/given';
import { activityMessage, tickMessage } from '#test/contracts/messages';

const PLACE = activityAt(0);
const activities = (from: number, count: number) =>
  Array.from({ length: count }, (_, n) => ({ ...PLACE, key: `lead-${n}`, value: activityMessage(from + n) }));
const values = (count: number) => Array.from({ length: count }, (_, n) => activityMessage(n));

describe('the chunks of the embedded log', () => {
  let folder: TestFolder;
  let log: EmbeddedLog;
  const open = () => openEmbeddedLog({ dir: folder.dir, partitions: CONTRACT_PARTITIONS, recentBytes: 0 });
  beforeEach(async () => {
    folder = testFolder();
    log = await open();
  });
  afterEach(async () => {
    await log.close();
    folder.remove();
  });

  /** Closes the log, and looks at or changes what lies on the disk. */
  async function onDisk<Result>(
    use: (
      place: { readonly at: typeof PLACE; readonly topicId: number },
      chunks: ChunkDatabase,
      settings: Settings,
    ) => Result,
  ): Promise<Result> {
    await log.close();
    const files = await openFiles(folder.dir, CONTRACT_PARTITIONS, RECORD_SCHEMAS);
    try {
      const place = { at: PLACE, topicId: files.topics.get(PLACE.topic)?.id ?? 0 };
      const result = await files.environment.transaction(() => use(place, files.chunkDatabase, files.settings));
      await files.environment.flushed;
      return result;
    } finally {
      await files.environment.close();
    }
  }
  const sizes = () =>
    onDisk((place, chunks) =>
      Array.from(chunksOf(chunks, place, 0, 'on'), (stored) => ({
        unpacked: unpack(place, stored).body.length,
        stored: sizeOf(stored.bytes),
      })),
    );

  it('are full and compressed but for the newest, however small the writes are', async () => {
    for (let n = 0; n < 1_000; n++) await log.publish(activities(n, 1));
    const found = await sizes();
    log = await open();

    const full = found.filter(({ unpacked }) => unpacked > CHUNK_BYTES - 2048);
    const rest = found.filter(({ unpacked }) => unpacked <= CHUNK_BYTES - 2048);
    expect(full.length).toBeGreaterThan(3);
    for (const { unpacked, stored } of full) {
      expect(unpacked).toBeLessThanOrEqual(CHUNK_BYTES);
      expect(stored).toBeLessThan(unpacked / 3);
    }
    expect(rest.length).toBeLessThanOrEqual(129);
    expect(rest.reduce((sum, { unpacked }) => sum + unpacked, 0)).toBeLessThan(CHUNK_BYTES);
    expect(await valuesOf(log, PLACE)).toEqual(values(1_000));
  });

  it('hold at most 64 kB of one large write, too', async () => {
    await log.publish(activities(0, 2_000));
    for (const { unpacked } of await sizes()) expect(unpacked).toBeLessThanOrEqual(CHUNK_BYTES);
    log = await open();
    expect(await valuesOf(log, PLACE)).toEqual(values(2_000));
  });

  it('take what the log says that they take, also after it was opened again', async () => {
    for (let n = 0; n < 300; n += 3) {
      await log.publish(activities(n, 3));
      if (n % 60 === 0) {
        await log.close();
        log = await open();
      }
    }
    const told = log.sizes().find(({ topic }) => topic === PLACE.topic);
    const found = await sizes();
    log = await open();
    expect(told).toEqual({
      topic: PLACE.topic,
      records: 300,
      bytes: found.reduce((sum, { stored }) => sum + stored, 0),
    });
  });

  it('are read where they were packed meanwhile', async () => {
    const reader = log.reader(PLACE, 0);
    const found: unknown[] = [];
    for (let n = 0; n < 600; n++) {
      await log.publish(activities(n, 1));
      if (n % 2 === 0) found.push(...(await reader.next(1, FOREVER)).map(({ value }) => value));
    }
    while (found.length < 600) found.push(...(await reader.next(7, FOREVER)).map(({ value }) => value));
    expect(found).toEqual(values(600));
  });

  it('of a version before are read, and written on behind', async () => {
    await onDisk((place, chunks, settings) => {
      const pack = createPacker(createCodec(createRegistry(RECORD_SCHEMAS), RECORD_SCHEMAS));
      for (const [first, count] of [
        [0, 3],
        [3, 2],
      ] as const) {
        const records = pack(ticks(PLACE, first, count), () => 0).get(0)?.records ?? Buffer.alloc(0);
        const header = Buffer.from([1, 0, 0, 0, count]);
        chunks.put(chunkKey(place, first), Buffer.concat([header, records]));
      }
      settings.put(['end', place.topicId, 0], 5);
    });
    log = await open();
    await log.publish(ticks(PLACE, 5, 2));
    expect(await valuesOf(log, PLACE)).toEqual([0, 1, 2, 3, 4, 5, 6].map(tickMessage));
    expect(log.sizes().find(({ topic }) => topic === PLACE.topic)?.records).toBe(7);
  });

  it('that were changed on the disk are not believed: one line names topic, partition and offset', async () => {
    await log.publish(activities(0, 500));
    await onDisk((place, chunks) => {
      const [, second] = chunksOf(chunks, place, 0, 'on');
      if (second === undefined) throw new Error('two chunks');
      const bytes = Buffer.from(second.bytes);
      bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
      chunks.put(chunkKey(place, second.offset), bytes);
    });
    log = await open();

    await expect(valuesOf(log, PLACE)).rejects.toThrow(
      /^the log is damaged: lead\.activity\/0 cannot be read at offset \d+, its checksum is wrong; restore it from a backup$/,
    );
  });

  it('that lie in the place of others, or are gone, are found out', async () => {
    await log.publish(activities(0, 500));
    const offsets = await onDisk((place, chunks) => {
      const [first, second, third] = chunksOf(chunks, place, 0, 'on');
      if (first === undefined || second === undefined || third === undefined) throw new Error('three chunks');
      chunks.put(chunkKey(place, first.offset), second.bytes);
      chunks.remove(chunkKey(place, second.offset));
      return [second.offset, third.offset];
    });
    log = await open();

    await expect(valuesOf(log, PLACE)).rejects.toThrow('offset 0, its checksum is wrong');
    await expect(log.reader(PLACE, offsets[0] ?? 0).next(1, FOREVER)).rejects.toThrow('the log is damaged');
    expect((await log.reader(PLACE, offsets[1] ?? 0).next(1, FOREVER)).length).toBe(1);
  });
});
