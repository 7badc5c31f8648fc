import { commit } from '#lib/flow/commit';
import { DeciderMachine } from '#lib/flow/decider-machine';
import { refoldDecider } from '#lib/flow/decider-refold';
import { FlowError } from '#lib/flow/errors';
import { InputProgress } from '#lib/flow/input-progress';
import { Inputs } from '#lib/flow/inputs';
import type { Log, LogRecord, TaskLog } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import { type InputPosition, START, type TopicPartition } from '#lib/flow/position';
import { settleStateVersion } from '#lib/flow/state-version';
import type { OpenStore, Store } from '#lib/flow/store';
import { countByTopic, keepRunning, type Opened, type Restored, type Task, type TaskObserver } from '#lib/flow/task';
import type { DeciderTopology } from '#lib/flow/topology';

export interface DeciderTaskOptions {
  readonly topology: DeciderTopology;
  readonly shard: number;
  /** The shard's partitions of each input topic. */
  readonly inputs: readonly TopicPartition[];
  readonly log: Log;
  readonly openStore: OpenStore;
  readonly clock: Clock;
  readonly observer: TaskObserver;
  /** A commit holds at most about so many outputs. */
  readonly maxOutputs: number;
  /** A batch keeps the other tasks of the process waiting for about so long at most, ms; absent: as long as it needs. */
  readonly turn?: number;
  /** How often the decider is asked what time alone brings, ms; undefined: never (an import, a verification). */
  readonly tickEvery: number | undefined;
}

/** The one active task of a decider in a shard. */
export function createDeciderTask(options: DeciderTaskOptions): Task {
  const { topology, log, clock, observer, turn = Infinity } = options;
  const name = `${topology.service}-${options.shard}`;
  const partitions = (topic: string) => log.partitions(topic);
  const outputs = topology.outputs.flatMap((topic) =>
    Array.from({ length: partitions(topic) }, (_, partition): TopicPartition => ({ topic, partition })),
  );
  let store: Store | undefined;
  let committedAt: readonly InputPosition[] | undefined;

  /** The numbered steps of opening. */
  async function open(opened: Opened, signal: AbortSignal) {
    const began = clock.now();
    // 1. Fence the older owner: from here on nobody else writes the outputs.
    const taskLog = await log.open(name);
    opened.push(() => taskLog.close());
    // 2. Read the committed positions of all inputs.
    const committed = await taskLog.positions(options.inputs);
    const missing = options.inputs.filter((_, i) => committed[i] === undefined);
    if (missing.length > 0) await create(taskLog, missing);
    const positions = options.inputs.map((input, i) => committed[i] ?? { ...input, position: START });
    // 3. The store is a fold of the outputs; ahead of them it can only be by damage. In another form it cannot be read.
    const own = await options.openStore(name);
    opened.push(() => own.close());
    const ends = await Promise.all(outputs.map((output) => log.end(output)));
    if ((own.positions() ?? []).some(({ position }, i) => position.offset > (ends[i] ?? 0))) await own.clear();
    await settleStateVersion(
      own,
      [topology],
      outputs.map((output) => ({ ...output, position: START })),
    );
    // 4. Evolve over all outputs to their ends, in the order they were decided in.
    const onProgress = (progress: Restored) => observer.restoring?.(name, progress);
    await refoldDecider({ topology, log, outputs, onProgress }, own, ends, signal).catch(async (error: unknown) => {
      // Whoever has taken the task over meanwhile writes on: that would be the reason.
      await taskLog.commit([], positions);
      throw error;
    });
    // 5. Go on from there.
    const inputs = new Inputs(log, positions);
    opened.push(() => inputs.close());
    store = own;
    committedAt = positions;
    observer.opened?.(name, { positions, took: clock.now() - began });
    return { taskLog, store: own, inputs, progress: new InputProgress(positions) };
  }

  async function create(taskLog: TaskLog, missing: readonly TopicPartition[]): Promise<void> {
    const written = await Promise.all(outputs.map((output) => log.end(output)));
    if (written.some((end) => end > 0)) {
      throw new FlowError(
        'position_lost',
        `${name} has decided before but its position in ${missing.map(keyOf).join(', ')} is gone, and starting from 0 would decide everything again; find it from what was written, with: leadstream recover ${topology.service}`,
        { retriable: false },
      );
    }
    await taskLog.commit(
      [],
      missing.map((input) => ({ ...input, position: START })),
    );
  }

  async function work(session: Awaited<ReturnType<typeof open>>, signal: AbortSignal): Promise<void> {
    const { taskLog, store: table, inputs, progress } = session;
    let queue: readonly LogRecord[] = [];
    let next = 0;
    while (!signal.aborted) {
      if (next === queue.length) {
        observer.turned?.(name, 'reading');
        const tick = new AbortController();
        const stop = () => tick.abort();
        signal.addEventListener('abort', stop, { once: true });
        const pause = clock.sleep(options.tickEvery ?? NO_TICK, tick.signal);
        try {
          queue = await inputs.next(pause);
        } finally {
          signal.removeEventListener('abort', stop);
          stop();
        }
        next = 0;
        if (signal.aborted) return;
      }
      observer.turned?.(name, 'folding');
      const before = table.positions();
      const machine = new DeciderMachine(topology.decider, partitions, table);
      let records = 0;
      const began = clock.now();
      if (options.tickEvery !== undefined) machine.tick(clock.now());
      while (next < queue.length && machine.outputs.length < options.maxOutputs) {
        if (records > 0 && clock.now() - began >= turn) break;
        const record = queue[next];
        if (record === undefined) break;
        const settled = machine.decide(record, clock.now());
        progress.decided(record, settled);
        if (!settled) continue;
        next++;
        records++;
      }
      if (records === 0 && machine.outputs.length === 0) continue;
      const positions = progress.positions();
      observer.turned?.(name, 'committing');
      await commit(
        { log: taskLog, store: table, sink: undefined },
        {
          outputs: machine.outputs,
          rows: [],
          changes: machine.changes(),
          inputs: positions,
          folded: advanced(table, machine),
          before,
        },
      );
      committedAt = positions;
      observer.committed?.(name, {
        records,
        outputs: machine.outputs.length,
        byTopic: countByTopic(machine.outputs),
        rows: 0,
        positions,
      });
    }
  }

  /** Where the outputs end at least: each output takes one offset or more. A store that says less is only re-folded a little further. */
  function advanced(table: Store, machine: DeciderMachine): InputPosition[] {
    const known = table.positions();
    return outputs.map((output, i) => {
      const written = machine.outputs.filter(
        (o) => o.topic === output.topic && o.partition === output.partition,
      ).length;
      return { ...output, position: { offset: (known?.[i]?.position.offset ?? 0) + written, cursor: 0 } };
    });
  }

  async function session(opened: Opened, signal: AbortSignal): Promise<void> {
    try {
      const opening = await open(opened, signal);
      if (!signal.aborted) await work(opening, signal);
    } finally {
      store = undefined;
    }
  }

  return {
    name,
    table: () => store,
    positions: () => committedAt,
    run: (signal) => keepRunning(name, session, clock, observer, signal),
  };
}

/** About a day: a decider without ticks still looks up now and then. */
const NO_TICK = 86_400_000;

function keyOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}
