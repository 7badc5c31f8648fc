import { createCodec } from '#lib/avro/codec';
import { RECORD_SCHEMAS, type RecordSchemas } from '#lib/avro/schema';
import { FlowError } from '#lib/flow/errors';
import type { Log, LogReader, Outgoing } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';
import { createPacker } from '#lib/log/embedded/chunk';
import { createChunks } from '#lib/log/embedded/chunks';
import { openFiles } from '#lib/log/embedded/files';
import { createReader } from '#lib/log/embedded/reader';
import { RecentSpace } from '#lib/log/embedded/recent';
import { checkName, numberAt } from '#lib/log/embedded/settings';
import { createSlot, type Slot } from '#lib/log/embedded/slot';
import { openTask, storedPositions } from '#lib/log/embedded/task';
import type { Partitions } from '#lib/log/embedded/topics';
import { type Append, createGroupWriter, endKey } from '#lib/log/embedded/writer';
import { createGroups } from '#lib/log/memory/groups';
import { assertRoom, diskFailure } from '#lib/store/failure';

export interface EmbeddedLogOptions {
  /** Folder of the log; made if it does not exist. One process at a time may have it open: see to that. */
  readonly dir: string;
  /** Fixed when the topic is first named. */
  readonly partitions: Partitions;
  readonly schemas?: RecordSchemas;
  /** Bytes, as encoded, of recent records that are kept as values for readers close to the end; of all partitions. */
  readonly recentBytes?: number;
}

const RECENT_BYTES = 16 * 1024 * 1024;

/**
 * The log in one LMDB environment. What `publish` or `commit` resolved for is on the disk, in the order of the calls, and
 * readers see nothing that is not. On a full disk both reject with `full`, in other trouble with `outage`; nothing of what
 * was rejected is written, and the log goes on when the trouble is over. Opening fails with a plain error if a
 * partition count differs from the log's.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<Log> {
  const { dir, schemas = RECORD_SCHEMAS, recentBytes = RECENT_BYTES } = options;
  const { environment, chunkDatabase, settings, topics, registry } = await openFiles(dir, options.partitions, schemas);
  const codec = createCodec(registry, schemas);
  const pack = createPacker(codec);
  const chunks = createChunks(chunkDatabase, codec);
  const failure = (thrown: unknown) => diskFailure('the log', dir, thrown);
  const writer = createGroupWriter({
    environment,
    chunks: chunkDatabase,
    settings,
    failure,
    assertRoom: (bytes) => assertRoom('the log', dir, bytes),
  });
  const space = new RecentSpace(recentBytes);
  const slots = new Map<string, readonly Slot[]>();
  for (const [topic, { id, partitions }] of topics) {
    const ofTopic = Array.from({ length: partitions }, (_, partition) =>
      createSlot({ topic, partition }, id, 0, space),
    );
    for (const slot of ofTopic) slot.end = numberAt(settings, endKey(slot), 0);
    slots.set(topic, ofTopic);
  }
  let open = true;

  const slotsOf = (topic: string): readonly Slot[] => {
    const found = slots.get(topic);
    if (found === undefined) throw new Error(`there is no topic ${topic}`);
    return found;
  };
  const slotOf = ({ topic, partition }: TopicPartition): Slot => {
    const slot = slotsOf(topic)[partition];
    if (slot === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
    return slot;
  };
  const checkOpen = (): void => {
    if (!open) throw new FlowError('closed', 'the log is closed', { retriable: false });
  };
  const prepare = (records: readonly Outgoing[]): readonly Append[] => {
    checkOpen();
    return Array.from(pack(records, slotOf), ([slot, packing]) => ({ slot, ...packing }));
  };
  const groups = createGroups((topic) => slotsOf(topic).length);

  return {
    partitions: (topic) => slotsOf(topic).length,
    async publish(records, positions = []) {
      const named = positions.map(({ name, value }) => ({
        key: ['named' as const, checkName(name)] as ['named', string],
        value,
      }));
      await writer.write({ appends: prepare(records), settings: named });
    },
    async namedPosition(name) {
      checkOpen();
      const value = settings.get(['named', checkName(name)]);
      return typeof value === 'string' ? value : undefined;
    },
    reader: <Value>(at: TopicPartition, from: number): LogReader<Value> =>
      createReader<Value>(slotOf(at), chunks, from, () => !open),
    async end(at) {
      return slotOf(at).end;
    },
    async start(at) {
      checkOpen();
      const slot = slotOf(at);
      return chunks.oldest(slot) ?? slot.end;
    },
    open: openTask({ settings, writer, prepare, checkOpen }),
    async positionsOf(task, inputs) {
      checkOpen();
      return storedPositions(settings, task, inputs);
    },
    join: groups.join,
    async close() {
      if (!open) return;
      open = false;
      for (const slot of [...slots.values()].flat()) slot.arrivals.notify();
      await writer.idle();
      await environment.close();
    },
  };
}
