import type { Codec } from '#lib/avro/codec';
import { FlowError } from '#lib/flow/errors';
import type { Log, LogReader, Outgoing } from '#lib/flow/log';
import type { TopicPartition } from '#lib/flow/position';
import type { Chunks } from '#lib/log/embedded/chunks';
import { createPacker } from '#lib/log/embedded/packer';
import { createReader } from '#lib/log/embedded/reader';
import { checkName, type Settings } from '#lib/log/embedded/settings';
import type { Slots } from '#lib/log/embedded/slots';
import { openTask, storedPositions } from '#lib/log/embedded/task';
import type { Append, GroupWriter } from '#lib/log/embedded/writer';
import { createGroups } from '#lib/log/memory/groups';

/** What a log is made of, wherever it writes. */
export interface LogParts {
  readonly slots: Slots;
  readonly settings: Settings;
  readonly chunks: Chunks;
  readonly codec: Codec;
  readonly writer: Pick<GroupWriter, 'write'>;
  /** Ends whatever serves it; called once. */
  readonly end: () => Promise<void>;
}

/** The log over its partitions and a writer. */
export function logOver({ slots, settings, chunks, codec, writer, end }: LogParts): Log {
  const pack = createPacker(codec);
  const groups = createGroups((topic) => slots.of(topic).length);
  let open = true;

  const checkOpen = (): void => {
    if (!open) throw new FlowError('closed', 'the log is closed', { retriable: false });
  };
  const prepare = (records: readonly Outgoing[]): readonly Append[] => {
    checkOpen();
    return Array.from(pack(records, slots.at), ([slot, packing]) => ({ slot, ...packing }));
  };

  return {
    partitions: (topic) => slots.of(topic).length,
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
      createReader<Value>(slots.at(at), chunks, from, () => !open),
    async end(at) {
      return slots.at(at).end;
    },
    async start(at) {
      checkOpen();
      return slots.at(at).start;
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
      for (const slot of slots.all) slot.arrivals.notify();
      await end();
    },
  };
}
