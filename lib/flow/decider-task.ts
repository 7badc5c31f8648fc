import { commit } from '#lib/flow/commit';
import { DeciderMachine } from '#lib/flow/decider-machine';
import { refoldDecider } from '#lib/flow/decider-refold';
import { DecisionOrder } from '#lib/flow/decision-order';
import { FlowError } from '#lib/flow/errors';
import { HeldWatch } from '#lib/flow/held-watch';
import { InputOrder } from '#lib/flow/input-order';
import type { InputSequence } from '#lib/flow/input-sequence';
import { Inputs } from '#lib/flow/inputs';
import { limited } from '#lib/flow/limited';
import type { Log, LogRecord, TaskLog } from '#lib/flow/log';
import { asOwner } from '#lib/flow/ownership';
import type { Clock } from '#lib/flow/ports';
import { type InputPosition, partitionName, START, type TopicPartition } from '#lib/flow/position';
import { settleStateVersion } from '#lib/flow/state-version';
import type { OpenStore, Store } from '#lib/flow/store';
import { takeTurn } from '#lib/flow/take-turn';
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
  /** Whether whoever reads the outputs has enough to do: a decision that takes many goes on slowly then; absent: never. */
  readonly crowded?: () => Promise<boolean>;
  /** How often the decider is asked what time alone brings, ms; undefined: never (an import, a verification). */
  readonly tickEvery: number | undefined;
}

interface Session {
  readonly taskLog: TaskLog;
  readonly store: Store;
  readonly inputs: Inputs;
  readonly order: InputSequence;
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

  /** The numbered steps of opening; the first is that of its session. */
  async function open(taskLog: TaskLog, began: number, opened: Opened, signal: AbortSignal): Promise<Session> {
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
    await refoldDecider({ topology, log, outputs, onProgress }, own, ends, signal);
    // 5. Go on from there.
    const inputs = new Inputs(log, positions);
    opened.push(() => inputs.close());
    store = own;
    committedAt = positions;
    observer.opened?.(name, { positions, took: clock.now() - began });
    const { placeOf } = topology.decider;
    const order =
      placeOf === undefined ? new DecisionOrder(positions, topology.answers) : new InputOrder(positions, placeOf);
    return { taskLog, store: own, inputs, order };
  }

  /** An input that holds nothing, since a newer version is the first to read it, is begun at its start. */
  async function create(taskLog: TaskLog, unknown: readonly TopicPartition[]): Promise<void> {
    const inputEnds = await Promise.all(unknown.map((input) => log.end(input)));
    const missing = unknown.filter((_, i) => (inputEnds[i] ?? 0) > 0);
    const written = await Promise.all(outputs.map((output) => log.end(output)));
    if (missing.length > 0 && written.some((end) => end > 0)) {
      throw new FlowError(
        'position_lost',
        `${name} has decided before but its position in ${missing.map(partitionName).join(', ')} is gone, and starting from 0 would decide everything again; find it from what was written, with: leadstream recover ${topology.service}`,
        { retriable: false },
      );
    }
    await taskLog.commit(
      [],
      unknown.map((input) => ({ ...input, position: START })),
    );
  }

  async function work(session: Session, signal: AbortSignal): Promise<void> {
    const { store: table, inputs, order } = session;
    const held = new HeldWatch((by) => observer.held?.(name, by));
    const canIdle = topology.decider.idle !== undefined;
    /** When the decisions on what is under way last went on. */
    let wentOn = clock.now();
    /** Whether it has been asked, since something came, what it brings that nothing more does. */
    let asked = !canIdle;
    /** Settled without an output since the last commit, and until when a commit may wait for one. */
    let uncommitted = 0;
    let commitBy = Infinity;
    while (!signal.aborted) {
      const crowded = order.underWay !== undefined && (await options.crowded?.()) === true;
      let isIdle = false;
      /** Nothing has come that what is uncommitted could have been committed with. */
      let isOver = false;
      if (order.isOut) {
        observer.turned?.(name, 'reading');
        const isResting = order.underWay === undefined;
        held.look(order.missing, clock.now());
        const rest = Math.min(restOf(order, asked), uncommitted > 0 ? POSITION_WAITS : NO_TICK);
        const fresh = await next(inputs, order, isResting ? rest : 0, signal);
        if (signal.aborted) break;
        order.add(fresh);
        if (fresh.length > 0) asked = !canIdle;
        isOver = fresh.length === 0;
        isIdle = !asked && isResting && isOver;
        asked ||= isIdle;
      } else held.look(NONE, clock.now());
      observer.turned?.(name, 'folding');
      const machine = new DeciderMachine(topology.decider, partitions, table);
      const concernOf = (record: LogRecord) => machine.concern(record, clock.now());
      const began = clock.now();
      let decisions = 0;
      let records = 0;
      if (options.tickEvery !== undefined && !order.isCatchingUp) machine.tick(clock.now());
      if (isIdle) machine.idle();
      while (machine.outputs.length < options.maxOutputs && (decisions === 0 || clock.now() - began < turn)) {
        const isDue = order.underWay !== undefined && clock.now() - wentOn >= LONGEST_REST;
        const turnOf = isDue ? undefined : order.next(concernOf);
        const record = turnOf?.record ?? (isDue || !crowded ? order.underWay : undefined);
        if (record === undefined) break;
        if (record === order.underWay) wentOn = clock.now();
        decisions++;
        if (takeTurn(turnOf ?? { record }, order, machine, concernOf, clock.now())) records++;
      }
      if (decisions === 0 && crowded) await clock.sleep(LOOK_AGAIN, signal);
      if (records > 0 && uncommitted === 0) commitBy = clock.now() + POSITION_WAITS;
      uncommitted += records;
      const mayWait = uncommitted === 0 || (!isOver && clock.now() < commitBy);
      if (machine.outputs.length === 0 && mayWait) continue;
      await commitBatch(session, machine, uncommitted);
      uncommitted = 0;
      commitBy = Infinity;
    }
    const machine = new DeciderMachine(topology.decider, partitions, table);
    // Whoever waits for more from it goes on without.
    if (!asked) machine.idle();
    if (machine.outputs.length > 0 || uncommitted > 0) await commitBatch(session, machine, uncommitted);
  }

  async function commitBatch({ taskLog, store: table, order }: Session, machine: DeciderMachine, records: number) {
    const positions = order.positions();
    observer.turned?.(name, 'committing');
    await commit(
      { log: taskLog, store: table, sink: undefined },
      {
        outputs: machine.outputs,
        rows: [],
        changes: machine.changes(),
        inputs: positions,
        folded: advanced(table, machine),
        before: table.positions(),
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

  /** How long to wait for input, ms, before something else may have to be done. */
  function restOf({ missing }: InputSequence, asked: boolean): number {
    return Math.min(
      options.tickEvery ?? NO_TICK,
      asked ? NO_TICK : IDLE_AFTER,
      missing.length > 0 ? LOOK_FOR_MISSING : NO_TICK,
    );
  }

  /** What there is to decide on, after `ms` at the latest. */
  function next(inputs: Inputs, order: InputSequence, ms: number, signal: AbortSignal): Promise<readonly LogRecord[]> {
    return limited(signal, (limit) => inputs.next(clock.sleep(ms, limit), (input) => order.wants(input)));
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
    const began = clock.now();
    // 1. Fence the older owner: from here on nobody else writes the outputs, unless a newer one fences this one.
    const taskLog = await log.open(name);
    opened.push(() => taskLog.close());
    try {
      await asOwner(taskLog, signal, async () => {
        const opening = await open(taskLog, began, opened, signal);
        if (!signal.aborted) await work(opening, signal);
      });
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

/** How often what takes many decisions looks whether its readers are still crowded, and how long others go before it, ms. */
const LOOK_AGAIN = 5;
const LONGEST_REST = 100;

/** How long it may take until it is written that inputs are settled which led to nothing, ms: after a crash they lead to nothing again. */
const POSITION_WAITS = 50;

/** How long nothing comes before it is asked what that brings, ms. */
const IDLE_AFTER = 20;

/** How often it looks how long partitions have shown nothing for which all others wait, ms. */
const LOOK_FOR_MISSING = 1000;

const NONE: readonly TopicPartition[] = [];

/** About a day: a decider without ticks still looks up now and then. */
const NO_TICK = 86_400_000;
