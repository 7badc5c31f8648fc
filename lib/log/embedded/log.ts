import { createCodec } from '#lib/avro/codec';
import { RECORD_SCHEMAS, type RecordSchemas } from '#lib/avro/schema';
import { systemClock } from '#lib/clock/system';
import { FlowError } from '#lib/flow/errors';
import type { Log, LogReader, Outgoing } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';
import { sizeOf } from '#lib/log/embedded/chunk-key';
import { type ChunkDatabase, chunksOf, createChunks, first } from '#lib/log/embedded/chunks';
import { type Retention, startExpiry } from '#lib/log/embedded/expiry';
import { openFiles } from '#lib/log/embedded/files';
import { createPacker } from '#lib/log/embedded/packer';
import { createReader } from '#lib/log/embedded/reader';
import { RecentSpace } from '#lib/log/embedded/recent';
import { checkName, numberAt } from '#lib/log/embedded/settings';
import { createSlot, type Slot, spanOf } from '#lib/log/embedded/slot';
import { openTask, storedPositions } from '#lib/log/embedded/task';
import type { Partitions } from '#lib/log/embedded/topics';
import { type Append, bytesKey, createGroupWriter, endKey } from '#lib/log/embedded/writer';
import { createGroups } from '#lib/log/memory/groups';
import { isKept } from '#lib/log/retention';
import { dataBytes } from '#lib/store/environment';
import { assertRoom, diskFailure } from '#lib/store/failure';

export interface EmbeddedLogOptions {
  /** Folder of the log; made if it does not exist. One process at a time may have it open: see to that. */
  readonly dir: string;
  /** Fixed when the topic is first named. */
  readonly partitions: Partitions;
  readonly schemas?: RecordSchemas;
  /** Bytes, as encoded, of recent records that are kept as values for readers close to the end; of all partitions. */
  readonly recentBytes?: number;
  /** Undefined: nothing expires while it is open. */
  readonly retention?: Retention;
}

/** What a topic holds. */
export interface TopicSize {
  readonly topic: string;
  readonly records: number;
  /** What they take in the log, compressed, with keys and headers of their chunks. */
  readonly bytes: number;
}

export interface EmbeddedLog extends Log {
  sizes(): readonly TopicSize[];
  /** What its file takes on the disk; more than what the topics take together where room waits to be used again. */
  fileBytes(): number;
}

const RECENT_BYTES = 16 * 1024 * 1024;

/**
 * The log in one LMDB environment. What `publish` or `commit` resolved for is on the disk, in the order of the calls, and
 * readers see nothing that is not. On a full disk both reject with `full`, in other trouble with `outage`; nothing of what
 * was rejected is written, and the log goes on when the trouble is over. Opening fails with a plain error if a
 * partition count differs from the log's.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const { dir, schemas = RECORD_SCHEMAS, recentBytes = RECENT_BYTES, retention } = options;
  const { environment, chunkDatabase, settings, topics, registry } = await openFiles(dir, options.partitions, schemas);
  const codec = createCodec(registry, schemas);
  const pack = createPacker(codec);
  const chunks = createChunks(chunkDatabase, codec);
  const failure = (thrown: unknown) => diskFailure('the log', dir, thrown);
  const writer = createGroupWriter({
    environment,
    chunks: chunkDatabase,
    settings,
    now: (retention?.clock ?? systemClock).now,
    failure,
    assertRoom: (bytes) => assertRoom('the log', dir, bytes),
  });
  const space = new RecentSpace(recentBytes);
  const slots = new Map<string, readonly Slot[]>();
  for (const [topic, { id: topicId, partitions }] of topics) {
    const span = spanOf(topic);
    const ofTopic = Array.from({ length: partitions }, (_, partition) =>
      createSlot({ at: { topic, partition }, topicId, span }, space),
    );
    for (const slot of ofTopic) {
      slot.end = numberAt(settings, endKey(slot), 0);
      slot.start = first(chunksOf(chunkDatabase, slot, 0, 'on'))?.offset ?? slot.end;
      slot.bytes = numberAt(settings, bytesKey(slot), Number.NaN);
      if (Number.isNaN(slot.bytes)) slot.bytes = countBytes(chunkDatabase, slot);
    }
    slots.set(topic, ofTopic);
  }
  const expiring = [...slots].flatMap(([topic, ofTopic]) => (isKept(topic) ? [] : ofTopic));
  const endExpiry =
    retention && startExpiry({ ...retention, slots: expiring, chunks: chunkDatabase, settings, writer });
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
      return slotOf(at).start;
    },
    sizes: () =>
      Array.from(slots, ([topic, ofTopic]) => ({
        topic,
        records: ofTopic.reduce((sum, { start, end }) => sum + end - start, 0),
        bytes: ofTopic.reduce((sum, { bytes }) => sum + bytes, 0),
      })),
    fileBytes: () => dataBytes(dir),
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
      await endExpiry?.();
      await writer.idle();
      await environment.close();
    },
  };
}

/** Of a log that an older version has written: it did not note them. */
function countBytes(chunks: ChunkDatabase, slot: Slot): number {
  let sum = 0;
  for (const { bytes } of chunksOf(chunks, slot, 0, 'on')) sum += sizeOf(bytes);
  return sum;
}
