import { FlowError } from '#lib/flow/errors';
import type { Log, Outgoing, TaskLog } from '#lib/flow/log';
import { type InputPosition, partitionName, type TopicPartition } from '#lib/flow/position';
import type { Broker } from '#test/simulation/broker/broker';
import { LOG } from '#test/simulation/broker/place';
import { simulatedReader } from '#test/simulation/broker/reader';
import type { Transactions } from '#test/simulation/broker/transactions';
import { deepFreeze } from '#test/simulation/freeze';
import type { Process } from '#test/simulation/process';
import type { World } from '#test/simulation/world';

/** The log as one process sees it: every call crosses the network. */
export function simulatedLog(world: World, broker: Broker, process: Process): Log {
  const opened = new Set<string>();

  async function open(task: string): Promise<TaskLog> {
    if (opened.has(task)) world.problem(`${process.name} opens ${task} again and has not closed it`);
    const transactions = broker.transactions(task);
    const epoch = await process.call<number>(LOG, `opens ${task}`, (answer) => transactions.open(answer));
    world.stats.opened++;
    opened.add(task);
    const inner = taskLog(world, broker, process, task, transactions, epoch);
    return {
      ...inner,
      close() {
        opened.delete(task);
        return inner.close();
      },
    };
  }

  const notSimulated = async (): Promise<never> => {
    throw new Error('not simulated: tasks do not call it');
  };

  return {
    partitions: (topic) => broker.topic(topic).length,
    publish: notSimulated,
    namedPosition: notSimulated,
    positionsOf: notSimulated,
    join: notSimulated,
    open,
    reader: (at, from) => simulatedReader(world, broker, process, at, from),
    end: (at) =>
      process.call<number>(LOG, `asks for the end of ${partitionName(at)}`, (answer) => {
        const partition = broker.partition(at);
        answer.ok(world.has('end past the last record') ? partition.written : partition.end);
      }),
    start: (at) => process.call<number>(LOG, `asks for the start of ${partitionName(at)}`, (answer) => answer.ok(0)),
    async close() {},
  };
}

function taskLog(
  world: World,
  broker: Broker,
  process: Process,
  task: string,
  transactions: Transactions,
  epoch: number,
): TaskLog {
  let usable = true;

  async function send(outputs: readonly Outgoing[], positions: readonly InputPosition[]): Promise<void> {
    for (const [at, records] of byPartition(outputs)) {
      const target = broker.partition(at);
      await process.call<void>(LOG, `${task} writes ${records.length} to ${partitionName(at)}`, (answer) =>
        transactions.produce(epoch, target, records, answer),
      );
    }
    if (positions.length === 0) return;
    await process.call<void>(LOG, `${task} is at ${positions.map(placeOf).join(' ')}`, (answer) =>
      transactions.position(epoch, positions, answer),
    );
  }

  /** For a commit of nothing. */
  const begin = () =>
    process.call<void>(LOG, `${task} begins a transaction`, (answer) => transactions.begin(epoch, answer));

  async function transaction(outputs: readonly Outgoing[], positions: readonly InputPosition[]): Promise<void> {
    await send(outputs, positions);
    try {
      await process.call<void>(LOG, `${task} commits`, (answer) => transactions.commit(epoch, answer));
    } catch (error) {
      if (!isOutage(error)) throw error;
      if (world.has('silence is success')) return;
      if (!world.has('silence is failure')) throw error;
      await transaction(outputs, positions);
    }
  }

  async function write(outputs: readonly Outgoing[], positions: readonly InputPosition[]): Promise<void> {
    if (outputs.length > 0 && world.has('positions before outputs')) {
      await transaction([], positions);
      await transaction(outputs, []);
    } else if (outputs.length > 0 && world.has('positions after outputs')) {
      await transaction(outputs, []);
      await transaction([], positions);
    } else await transaction(outputs, positions);
  }

  return {
    positions: (inputs) =>
      process.call(LOG, `${task} asks for its position`, (answer) =>
        answer.ok(inputs.map((input) => broker.positions(task).get(partitionName(input)))),
      ),
    async commit(outputs, positions) {
      if (!usable) throw new FlowError('closed', `task ${task} is closed`, { retriable: false });
      deepFreeze(outputs);
      try {
        if (outputs.length === 0 && positions.length === 0) await begin();
        await write(outputs, positions);
      } catch (error) {
        usable = false;
        throw error;
      }
    },
    async close() {
      usable = false;
      await process.call<void>(LOG, `closes ${task}`, (answer) => answer.ok()).catch(() => {});
    },
  };
}

function byPartition(outputs: readonly Outgoing[]): Map<TopicPartition, Outgoing[]> {
  const groups = new Map<string, { readonly at: TopicPartition; readonly records: Outgoing[] }>();
  for (const output of outputs) {
    const known = groups.get(partitionName(output));
    if (known === undefined) groups.set(partitionName(output), { at: output, records: [output] });
    else known.records.push(output);
  }
  return new Map(Array.from(groups.values(), ({ at, records }) => [at, records]));
}

function placeOf(input: InputPosition): string {
  return `${partitionName(input)}@${input.position.offset}+${input.position.cursor}`;
}

function isOutage(error: unknown): boolean {
  return error instanceof FlowError && error.code === 'outage';
}
