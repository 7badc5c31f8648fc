import { FlowError, fenced } from '#lib/flow/errors';
import type { Outgoing, TaskLog } from '#lib/flow/log';
import { type InputPosition, type Position, partitionName, type TopicPartition } from '#lib/flow/position';
import { checkName, numberAt, type SettingKey, type Settings } from '#lib/log/embedded/settings';
import type { Append, GroupWriter } from '#lib/log/embedded/writer';

/**
 * Opens tasks. Each opening has a number, one more than the last; the log holds the newest, and a commit with an older one
 * writes nothing.
 */
export function openTask(deps: {
  readonly settings: Settings;
  readonly writer: Pick<GroupWriter, 'write'>;
  readonly prepare: (records: readonly Outgoing[]) => readonly Append[];
  readonly checkOpen: () => void;
}): (task: string) => Promise<TaskLog> {
  const { settings, writer, prepare, checkOpen } = deps;
  const epochs = new Map<string, number>();

  return async (task) => {
    checkOpen();
    const key: SettingKey = ['epoch', checkName(task)];
    const epoch = 1 + Math.max(epochs.get(task) ?? 0, numberAt(settings, key, 0));
    epochs.set(task, epoch);
    await writer.write({ appends: [], settings: [{ key, value: epoch }] });
    let open = true;
    return {
      async positions(inputs) {
        checkOpen();
        return storedPositions(settings, task, inputs);
      },
      async commit(outputs, positions) {
        if (!open) throw new FlowError('closed', `task ${task} is closed`, { retriable: false });
        const moved = positions.map((input) => ({ key: positionKey(task, input), value: stored(input) }));
        const written = await writer.write({ appends: prepare(outputs), settings: moved, owner: { task, epoch } });
        if (!written) throw fenced(task);
      },
      async close() {
        open = false;
      },
    };
  };
}

/** The committed positions of a task. */
export function storedPositions(
  settings: Settings,
  task: string,
  inputs: readonly TopicPartition[],
): (InputPosition | undefined)[] {
  return inputs.map(({ topic, partition }) => {
    const position = positionFrom(settings.get(positionKey(task, { topic, partition })));
    return position === undefined ? undefined : { topic, partition, position };
  });
}

/** By partition, as partitionName says it: how far the one has come that is least far of all tasks that have read there. */
export function oldestPositions(settings: Settings): ReadonlyMap<string, number> {
  const oldest = new Map<string, number>();
  for (const { key, value } of settings.getRange({ start: ['position', ''] })) {
    const [kind, , topic, partition] = key;
    if (kind !== 'position') break;
    const position = positionFrom(value);
    if (position === undefined) continue;
    const place = partitionName({ topic: String(topic), partition: Number(partition) });
    oldest.set(place, Math.min(position.offset, oldest.get(place) ?? position.offset));
  }
  return oldest;
}

function positionKey(task: string, { topic, partition }: TopicPartition): SettingKey {
  return ['position', task, topic, partition];
}

function stored({ position }: InputPosition): readonly [offset: number, cursor: number] {
  return [position.offset, position.cursor];
}

function positionFrom(value: unknown): Position | undefined {
  if (!Array.isArray(value)) return undefined;
  const [offset, cursor] = value;
  return typeof offset === 'number' && typeof cursor === 'number' ? { offset, cursor } : undefined;
}
