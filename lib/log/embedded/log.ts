import type { MessagePort } from 'node:worker_threads';
import { createCodec } from '#lib/avro/codec';
import { RECORD_SCHEMAS, type RecordSchemas } from '#lib/avro/schema';
import { systemClock } from '#lib/clock/system';
import type { Log } from '#lib/flow/log';
import { createChunks } from '#lib/log/embedded/chunks';
import { type Retention, startExpiry } from '#lib/log/embedded/expiry';
import { openFiles } from '#lib/log/embedded/files';
import { logOver } from '#lib/log/embedded/over';
import { createReplicas } from '#lib/log/embedded/replicas';
import { openSlots } from '#lib/log/embedded/slots';
import type { Partitions } from '#lib/log/embedded/topics';
import { createGroupWriter } from '#lib/log/embedded/writer';
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
  /** Serves a replica in another thread (replica.ts), at the other end of the port. */
  attach(port: MessagePort): void;
  sizes(): readonly TopicSize[];
  /** What its file takes on the disk; more than what the topics take together where room waits to be used again. */
  fileBytes(): number;
}

export const RECENT_BYTES = 16 * 1024 * 1024;

/**
 * The log in one LMDB environment. What `publish` or `commit` resolved for is on the disk, in the order of the calls, and
 * readers see nothing that is not. On a full disk both reject with `full`, in other trouble with `outage`; nothing of what
 * was rejected is written, and the log goes on when the trouble is over. Opening fails with a plain error if a
 * partition count differs from the log's.
 */
export async function openEmbeddedLog(options: EmbeddedLogOptions): Promise<EmbeddedLog> {
  const { dir, schemas = RECORD_SCHEMAS, recentBytes = RECENT_BYTES, retention } = options;
  const files = await openFiles(dir, options.partitions, schemas);
  const { environment, chunkDatabase, settings, registry } = files;
  const codec = createCodec(registry, schemas);
  const slots = openSlots(files, recentBytes);
  const replicas = createReplicas(slots);
  const failure = (thrown: unknown) => diskFailure('the log', dir, thrown);
  const writer = createGroupWriter({
    environment,
    chunks: chunkDatabase,
    settings,
    codec,
    now: (retention?.clock ?? systemClock).now,
    failure,
    assertRoom: (bytes) => assertRoom('the log', dir, bytes),
    written: replicas.written,
  });
  const expiring = [...slots.byTopic].flatMap(([topic, ofTopic]) => (isKept(topic) ? [] : ofTopic));
  const endExpiry =
    retention && startExpiry({ ...retention, slots: expiring, chunks: chunkDatabase, settings, writer });
  const end = async () => {
    await endExpiry?.();
    await writer.idle();
    await environment.close();
  };

  return {
    ...logOver({ slots, settings, chunks: createChunks(chunkDatabase, codec), codec, writer, end }),
    attach: (port) => replicas.attach(port, writer),
    sizes: () =>
      Array.from(slots.byTopic, ([topic, ofTopic]) => ({
        topic,
        records: ofTopic.reduce((sum, { start, end }) => sum + end - start, 0),
        bytes: ofTopic.reduce((sum, { bytes }) => sum + bytes, 0),
      })),
    fileBytes: () => dataBytes(dir),
  };
}
