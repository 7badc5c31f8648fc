import { FlowError, fenced } from '#lib/flow/errors';
import type { Log, LogReader, Outgoing, TaskLog } from '#lib/flow/log';
import type { InputPosition, TopicPartition } from '#lib/flow/position';
import { createGroups } from '#lib/log/memory/groups';
import { createPartition, type Partition } from '#lib/log/memory/partition';

/** A log that lives as long as its process: for tests and for folding in memory. Values are kept as they are given. */
export function createMemoryLog(options: { readonly partitions: Readonly<Record<string, number>> }): Log {
  const topics = new Map(
    Object.entries(options.partitions).map(([topic, count]) => [
      topic,
      Array.from({ length: count }, (_, partition) => createPartition({ topic, partition })),
    ]),
  );
  const names = new Map<string, string>();
  const owners = new Map<string, object>();
  const positions = new Map<string, InputPosition>();
  let closed = false;

  const topicOf = (topic: string): readonly Partition[] => {
    const partitions = topics.get(topic);
    if (partitions === undefined) throw new Error(`there is no topic ${topic}`);
    return partitions;
  };
  const partitionOf = ({ topic, partition }: TopicPartition): Partition => {
    const found = topicOf(topic)[partition];
    if (found === undefined) throw new Error(`topic ${topic} has no partition ${partition}`);
    return found;
  };
  const append = (records: readonly Outgoing[]): void => {
    if (closed) throw new FlowError('closed', 'the log is closed', { retriable: false });
    const targets = records.map(partitionOf);
    targets.forEach((target, index) => {
      const record = records[index];
      if (record !== undefined) target.append(record);
    });
    for (const target of new Set(targets)) target.arrivals.notify();
  };
  const groups = createGroups((topic) => topicOf(topic).length);

  const openTask = (task: string): TaskLog => {
    const owner = {};
    owners.set(task, owner);
    let open = true;
    return {
      async positions(inputs) {
        return inputs.map((input) => positions.get(positionKey(task, input)));
      },
      async commit(outputs, moved) {
        if (!open) throw new FlowError('closed', `task ${task} is closed`, { retriable: false });
        if (owners.get(task) !== owner) throw fenced(task);
        append(outputs);
        for (const input of moved) positions.set(positionKey(task, input), input);
      },
      async close() {
        open = false;
      },
    };
  };

  return {
    partitions: (topic) => topicOf(topic).length,
    async publish(records, named = []) {
      append(records);
      for (const { name, value } of named) names.set(name, value);
    },
    async namedPosition(name) {
      return names.get(name);
    },
    reader: <Value>(at: TopicPartition, from: number): LogReader<Value> =>
      partitionOf(at).reader<Value>(from, () => closed),
    async end(at) {
      return partitionOf(at).end();
    },
    async start(at) {
      partitionOf(at);
      return 0;
    },
    async open(task) {
      return openTask(task);
    },
    async positionsOf(task, inputs) {
      return inputs.map((input) => positions.get(positionKey(task, input)));
    },
    join: groups.join,
    async close() {
      closed = true;
      for (const partition of [...topics.values()].flat()) partition.arrivals.notify();
    },
  };
}

function positionKey(task: string, { topic, partition }: TopicPartition): string {
  return JSON.stringify([task, topic, partition]);
}
