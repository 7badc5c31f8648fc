import { DeciderMachine, lastSeq } from '#lib/flow/decider-machine';
import { InSequence } from '#lib/flow/in-sequence';
import type { Log } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import { type InputPosition, partitionName, START, type TopicPartition } from '#lib/flow/position';
import { settleStateVersion } from '#lib/flow/state-version';
import type { OpenStore, Store } from '#lib/flow/store';
import { keepRunning, type Opened, type Restored, type Task, type TaskObserver } from '#lib/flow/task';
import type { DeciderTopology } from '#lib/flow/topology';

export interface FollowDeciderOptions {
  readonly topology: DeciderTopology;
  readonly log: Log;
  readonly openStore: OpenStore;
  readonly clock: Clock;
  readonly observer: TaskObserver;
}

/** Keeps a copy of a decider's state, to be asked: the fold of its outputs, which it alone writes, whoever has its task. */
export function followDecider(options: FollowDeciderOptions): Task {
  const { topology, log, clock, observer } = options;
  const name = `follow-${topology.service}-0`;
  const partitions = (topic: string) => log.partitions(topic);
  const outputs = topology.outputs.flatMap((topic) =>
    Array.from({ length: partitions(topic) }, (_, partition): TopicPartition => ({ topic, partition })),
  );
  const starts = outputs.map((output): InputPosition => ({ ...output, position: START }));
  let store: Store | undefined;

  async function session(opened: Opened, signal: AbortSignal): Promise<void> {
    const own = await options.openStore(name);
    opened.push(() => own.close());
    await settleStateVersion(own, [topology], starts);
    const ends = await Promise.all(outputs.map((output) => log.end(output)));
    const behind = () => ends.some((end, i) => (own.positions()?.[i]?.position.offset ?? 0) < end);
    const from = own.positions() ?? starts;
    const restored = (): Restored => {
      const now = own.positions() ?? starts;
      const between = (at: readonly InputPosition[]) =>
        ends.reduce((sum, end, i) => sum + Math.min(end, at[i]?.position.offset ?? 0), 0);
      return { done: between(now) - between(from), total: ends.reduce((sum, end) => sum + end, 0) - between(from) };
    };
    if (behind()) observer.restoring?.(name, restored());
    const records = new InSequence(log, own.positions() ?? starts, topology.decider.seqOf, lastSeq(own));
    opened.push(() => records.close());
    while (!signal.aborted) {
      if (store === undefined && !behind()) {
        store = own;
        observer.opened?.(name, { positions: own.positions() ?? starts, took: 0 });
      }
      const before = own.positions();
      const machine = new DeciderMachine(topology.decider, partitions, own);
      const reached = new Map<string, InputPosition>();
      for (const record of await records.next(signal)) {
        const { topic, partition, offset, value } = record;
        machine.evolve(value);
        reached.set(partitionName(record), { topic, partition, position: { offset: offset + 1, cursor: 0 } });
      }
      const after = (before ?? starts).map((at) => reached.get(partitionName(at)) ?? at);
      await own.commit(machine.changes(), after, before);
      if (store === undefined && !signal.aborted) observer.restoring?.(name, restored());
    }
  }

  return {
    name,
    table: () => store,
    positions: () => store?.positions(),
    run: (signal) =>
      keepRunning(
        name,
        (opened, stopping) => session(opened, stopping).finally(() => (store = undefined)),
        clock,
        observer,
        signal,
      ),
  };
}
