import type { MessagePort } from 'node:worker_threads';
import { createCodec } from '#lib/avro/codec';
import { RECORD_SCHEMAS, type RecordSchemas } from '#lib/avro/schema';
import { FlowError } from '#lib/flow/errors';
import type { Log, LogReader } from '#lib/flow/log';
import { partitionName, type TopicPartition } from '#lib/flow/position';
import { createChunks } from '#lib/log/embedded/chunks';
import { openFiles } from '#lib/log/embedded/files';
import { RECENT_BYTES } from '#lib/log/embedded/log';
import { logOver } from '#lib/log/embedded/over';
import { grow } from '#lib/log/embedded/slot';
import { openSlots } from '#lib/log/embedded/slots';
import type { Partitions } from '#lib/log/embedded/topics';
import { bufferOf, type Grown, type Notice, type Request, send } from '#lib/log/embedded/wire';
import type { GroupWriter, Write } from '#lib/log/embedded/writer';
import { Questions } from '#lib/threads/questions';

export interface ReplicaOptions {
  /** Folder of the log, which its owner has open. */
  readonly dir: string;
  /** To the owner, in this process (`EmbeddedLog.attach`). */
  readonly port: MessagePort;
  readonly partitions: Partitions;
  readonly schemas?: RecordSchemas;
  /** As of the log itself; of this replica. */
  readonly recentBytes?: number;
}

/**
 * The embedded log in another thread of the process that owns it. It reads what its owner has written, from memory or from the
 * disk, and has its owner write for it: all threads' commits go to the disk together. It keeps every promise of the log. The
 * owner must be attached before it opens, and stay open as long.
 */
export async function openReplica(options: ReplicaOptions): Promise<Log> {
  const { dir, port, schemas = RECORD_SCHEMAS, recentBytes = RECENT_BYTES } = options;
  const files = await openFiles(dir, options.partitions, schemas);
  const { environment, chunkDatabase, settings, registry } = files;
  const codec = createCodec(registry, schemas);
  const slots = openSlots(files, recentBytes);
  const questions = new Questions<Write, boolean>();

  const extend = ({ at, start, end, bytes, count, records, write }: Grown): void => {
    const slot = slots.at(at);
    slot.start = start;
    // It was on the disk already when this replica opened.
    if (end < slot.end || (count > 0 && end === slot.end)) return;
    const own =
      write === undefined ? undefined : questions.asked(write)?.appends.find((append) => append.slot === slot);
    const packing = own ?? (records && { records: bufferOf(records), count });
    if (packing !== undefined) {
      grow(slot, packing, { end, bytes }, codec);
      return;
    }
    slot.end = end;
    slot.bytes = bytes;
    slot.arrivals.notify();
  };

  port.on('message', (notice: Notice) => {
    // What this thread reads next is at least as new as what it is told.
    environment.resetReadTxn();
    if (notice.kind === 'grew') for (const grown of notice.grown) extend(grown);
    else if (notice.kind === 'written') questions.answered(notice.id, notice.written);
    else questions.failed(notice.id, notice.error);
  });
  port.on('close', () => questions.abandon(ownerGone()));

  const ask = (write: Write): Promise<boolean> =>
    questions.ask(write, (id) => {
      const appends = write.appends.map(({ slot: { at }, records, count }) => {
        return { at, records: new Uint8Array(records), count };
      });
      const { settings, owner } = write;
      const moved = appends.map(({ records }) => records);
      send(port, { kind: 'write', id, appends, settings, owner }, moved);
    });
  const writes = new Set<Promise<boolean>>();
  const writer: Pick<GroupWriter, 'write'> = {
    write(write) {
      const written = ask(write).finally(() => writes.delete(written));
      writes.add(written);
      return written;
    },
  };
  const end = async (): Promise<void> => {
    await Promise.allSettled(writes);
    port.close();
    await environment.close();
  };
  const log = logOver({ slots, settings, chunks: createChunks(chunkDatabase, codec), codec, writer, end });
  const followers = new Followers((request) => send(port, request));
  return {
    ...log,
    reader<Value>(at: TopicPartition, from: number): LogReader<Value> {
      const leave = followers.add(at);
      const reader = log.reader<Value>(at, from);
      return {
        next: reader.next,
        async close() {
          leave();
          await reader.close();
        },
      };
    },
  };
}

/** Tells the owner which partitions are read here. */
class Followers {
  readonly #counts = new Map<string, number>();

  constructor(private readonly send: (request: Request) => void) {}

  /** Counts one reader more, until the returned function is called. */
  add(at: TopicPartition): () => void {
    const name = partitionName(at);
    const before = this.#counts.get(name) ?? 0;
    this.#counts.set(name, before + 1);
    if (before === 0) this.send({ kind: 'follow', at });
    let left = false;
    return () => {
      if (left) return;
      left = true;
      const others = (this.#counts.get(name) ?? 1) - 1;
      this.#counts.set(name, others);
      if (others === 0) this.send({ kind: 'leave', at });
    };
  }
}

function ownerGone(): FlowError {
  return new FlowError('closed', 'the log is closed: its owner has ended', { retriable: false });
}
