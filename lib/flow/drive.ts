import { DeciderMachine } from '#lib/flow/decider-machine';
import { DecisionOrder } from '#lib/flow/decision-order';
import { FoldMachine } from '#lib/flow/fold-machine';
import { InputOrder } from '#lib/flow/input-order';
import type { InputSequence } from '#lib/flow/input-sequence';
import type { LogRecord } from '#lib/flow/log';
import { START } from '#lib/flow/position';
import type { TableReader } from '#lib/flow/store';
import { Overlay } from '#lib/flow/table';
import { takeTurn } from '#lib/flow/take-turn';
import type { DeciderTopology, FoldTopology, Topology } from '#lib/flow/topology';

/** Topologies running in memory through the real machines, time advanced by hand. */
export interface Drive {
  /** Appends a record and lets everything that follows from it happen. `now` is what deciders take for the present, ms. */
  publish(topic: string, value: unknown, now: number, partition?: number, key?: string | null): void;
  /** Lets time pass for the deciders: their ticks flow on. */
  tick(now: number): void;
  /** All records of a topic, partition by partition. */
  records(topic: string): readonly LogRecord[];
  /** All rows that folds without a topic have written, in order; counters' rows as of the end. */
  rows(): readonly unknown[];
  table(service: string, partition: number): TableReader;
}

/** Runs topologies in memory: for tests and for anything that must ask "what would happen". */
export function drive(topologies: readonly Topology[], partitions: (topic: string) => number): Drive {
  const topics = new Map<string, LogRecord[][]>();
  const tables = new Map<string, Overlay>();
  const machines = new Map<string, FoldMachine>();
  const rows: unknown[] = [];
  const orders = new Map<string, InputSequence>();
  const queue: { readonly record: LogRecord; readonly now: number }[] = [];

  const logOf = (topic: string): LogRecord[][] => {
    const known = topics.get(topic);
    if (known !== undefined) return known;
    const fresh = Array.from({ length: partitions(topic) }, (): LogRecord[] => []);
    topics.set(topic, fresh);
    return fresh;
  };

  const tableOf = (name: string): Overlay => {
    const known = tables.get(name);
    if (known !== undefined) return known;
    const fresh = new Overlay();
    tables.set(name, fresh);
    return fresh;
  };

  function append(topic: string, partition: number, key: string | null, value: unknown, now: number): void {
    const log = logOf(topic)[partition];
    if (log === undefined) throw new Error(`${topic} has no partition ${partition}`);
    const record: LogRecord = { topic, partition, offset: log.length, key, value };
    log.push(record);
    queue.push({ record, now });
  }

  function fold(topology: FoldTopology, record: LogRecord, now: number): void {
    const name = `${topology.service}-${record.partition}`;
    const table = tableOf(name);
    const machine = machines.get(name) ?? new FoldMachine([topology], table, START);
    machines.set(name, machine);
    machine.begin(record.offset, record.value);
    while (machine.busy) {
      for (const { topic, key, value } of machine.step()) {
        if (topic === undefined) rows.push(value);
        else append(topic, record.partition, key, value, now);
      }
    }
    if (topology.output === undefined) rows.push(...machine.counterRows(record.partition));
    table.apply(machine.changes());
    machine.committed();
  }

  function decide(topology: DeciderTopology, now: number, work: (machine: DeciderMachine) => void): void {
    const table = tableOf(`${topology.service}-0`);
    const machine = new DeciderMachine(topology.decider, partitions, table);
    work(machine);
    table.apply(machine.changes());
    for (const { topic, partition, key, value } of machine.outputs) append(topic, partition, key, value, now);
  }

  function orderOf({ service, inputs, answers, decider }: DeciderTopology): InputSequence {
    const known = orders.get(service);
    if (known !== undefined) return known;
    const positions = inputs.flatMap((topic) =>
      Array.from({ length: partitions(topic) }, (_, partition) => ({ topic, partition, position: START })),
    );
    const { placeOf } = decider;
    const fresh = placeOf === undefined ? new DecisionOrder(positions, answers) : new InputOrder(positions, placeOf);
    orders.set(service, fresh);
    return fresh;
  }

  /** Takes up a record, and decides on all whose turn it is then. */
  function input(topology: DeciderTopology, record: LogRecord, now: number): void {
    const order = orderOf(topology);
    decide(topology, now, (machine) => {
      const concernOf = (one: LogRecord) => machine.concern(one, now);
      order.add([record]);
      for (;;) {
        const underWay = order.underWay;
        const turn = underWay === undefined ? order.next(concernOf) : { record: underWay };
        if (turn === undefined) return;
        takeTurn(turn, order, machine, concernOf, now);
      }
    });
  }

  function settle(now: number): void {
    let isIdle = false;
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { record } = next;
      for (const topology of topologies) {
        if (topology.kind === 'fold') {
          if (topology.input === record.topic) fold(topology, record, next.now);
        } else if (topology.inputs.includes(record.topic)) input(topology, record, next.now);
      }
      const isHeld = Array.from(orders.values()).some(
        (order) => order instanceof InputOrder && order.missing.length > 0,
      );
      if (queue.length > 0 || isIdle || !isHeld) continue;
      // Nothing more comes, and somebody waits for more. Who still waits after that waits for time.
      isIdle = true;
      for (const topology of topologies) {
        if (topology.kind === 'decider') decide(topology, now, (machine) => machine.idle());
      }
    }
  }

  return {
    publish(topic, value, now, partition = 0, key = null) {
      append(topic, partition, key, value, now);
      settle(now);
    },
    tick(now) {
      for (const topology of topologies) {
        if (topology.kind === 'decider') decide(topology, now, (machine) => machine.tick(now));
      }
      settle(now);
    },
    records: (topic) => logOf(topic).flat(),
    rows: () => rows,
    table: (service, partition) => tableOf(`${service}-${partition}`),
  };
}
