import { DeciderMachine, lastSeq } from '#lib/flow/decider-machine';
import { InputOrder } from '#lib/flow/input-order';
import type { LogRecord, Outgoing } from '#lib/flow/log';
import { partitionName, START } from '#lib/flow/position';
import { Overlay } from '#lib/flow/table';
import type { DeciderTopology } from '#lib/flow/topology';
import { firstDifference } from '#test/simulation/check/fold';
import { tableDifference } from '#test/simulation/check/tables';
import type { Evidence } from '#test/simulation/workload';

/**
 * What an output was decided on: an input partition (undefined: time alone), counted through all inputs, the offset in it (undefined:
 * the next), and the time it was.
 */
export type CauseOf = (value: unknown) => {
  readonly partition: number | undefined;
  readonly offset?: number | undefined;
  readonly now: number;
};

/**
 * Takes all decisions of an ordered decider again, in the order that its inputs have; they must be those that it has written, each
 * once, and the stores the fold of them.
 */
export function checkOrderedDecider(evidence: Evidence, topology: DeciderTopology): string[] {
  const { broker } = evidence;
  const { decider, inputs } = topology;
  const { placeOf } = decider;
  if (placeOf === undefined) throw new Error(`${topology.service} goes by no order`);
  const places = inputs.flatMap((topic) =>
    broker.topic(topic).map((_, partition) => ({ topic, partition, position: START })),
  );
  const order = new InputOrder(places, placeOf);
  for (const topic of inputs) for (const { visible } of broker.topic(topic)) order.add(visible);
  const machine = new DeciderMachine(decider, (topic) => broker.topic(topic).length, new Overlay());
  for (let turn = order.next(); turn !== undefined; turn = order.next()) {
    order.decided(turn.record, machine.decide(turn.record, turn.now ?? 0));
  }
  const expected = new Map<string, Outgoing[]>();
  for (const output of machine.outputs) {
    expected.set(partitionName(output), [...(expected.get(partitionName(output)) ?? []), output]);
  }
  return [...differences(evidence, topology, expected), ...storeProblems(evidence, topology)];
}

/**
 * Takes all decisions of a decider again, in the order in which they were taken: each must be what it decides on the next input of the
 * partition it names, or, where that waits for an answer, on one that passes it; each input is settled once; the stores are the
 * fold of the outputs.
 */
export function checkDecider(evidence: Evidence, topology: DeciderTopology, causeOf: CauseOf): string[] {
  const { broker } = evidence;
  const { decider } = topology;
  const partitions = (topic: string) => broker.topic(topic).length;
  const inputs = topology.inputs.flatMap((topic) => broker.topic(topic).map(({ visible }) => visible));
  /** Those that are not settled, in their order. */
  const open = inputs.map((all) => [...all]);
  const waiting = new Set<LogRecord>();
  const table = new Overlay();
  const expected = new Map<string, Outgoing[]>();

  function redecide(act: (machine: DeciderMachine) => void): number {
    const machine = new DeciderMachine(decider, partitions, table);
    act(machine);
    for (const output of machine.outputs) {
      const known = expected.get(partitionName(output));
      if (known === undefined) expected.set(partitionName(output), [output]);
      else known.push(output);
    }
    table.apply(machine.changes());
    return lastSeq(table);
  }

  /** Decides on the next input of a partition, passing those that wait but for that of `offset`; undefined: there is none. */
  function settle(partition: number, now: number, offset?: number): number | undefined {
    const all = open[partition] ?? [];
    const input = all.find((one) => one.offset === offset || !waiting.has(one));
    if (input === undefined) return undefined;
    return redecide((machine) => {
      const settled = machine.decide(input, now);
      if (settled === 'settled') all.splice(all.indexOf(input), 1);
      if (settled === 'settled' || settled === 'more') waiting.delete(input);
      else waiting.add(input);
    });
  }

  let seq = 0;
  for (const { number, value } of decisionsOf(evidence, topology)) {
    if (number <= seq) continue;
    if (number !== seq + 1) return [`${topology.service}: output ${number} follows ${seq}`];
    const { partition, offset, now } = causeOf(value);
    while (seq < number) {
      const after = partition === undefined ? redecide((machine) => machine.tick(now)) : settle(partition, now, offset);
      if (after === undefined) return [`${topology.service}: no input explains ${JSON.stringify(value)}`];
      if (after === seq && partition === undefined) return [`${topology.service}: no time explains ${number}`];
      seq = after;
    }
  }
  for (const partition of inputs.keys()) while (settle(partition, 0) !== undefined);
  return [...differences(evidence, topology, expected), ...storeProblems(evidence, topology)];
}

function differences({ broker }: Evidence, topology: DeciderTopology, expected: Map<string, Outgoing[]>): string[] {
  return [...topology.outputs, ...topology.sideOutputs].flatMap((topic) =>
    broker.topic(topic).flatMap(({ visible }, partition) => {
      const decided = (expected.get(partitionName({ topic, partition })) ?? []).map(({ value }) => value);
      const sorted = topology.sideOutputs.includes(topic);
      // What has no number may come in another order than it is recomputed in; in a kept topic it is no decision (a watermark).
      const values = visible.map(({ value }) => value);
      const written = sorted ? values : values.filter((value) => topology.decider.seqOf(value) !== undefined);
      const difference = firstDifference(sorted ? inOrder(written) : written, sorted ? inOrder(decided) : decided);
      return difference === undefined ? [] : [`${topic}/${partition}: ${difference}`];
    }),
  );
}

/** The outputs that are part of the state, in order of their numbers; copies in all partitions follow one another. */
function decisionsOf(
  { broker }: Evidence,
  { outputs, decider }: DeciderTopology,
): { readonly number: number; readonly value: unknown }[] {
  return outputs
    .flatMap((topic) => broker.topic(topic).flatMap(({ visible }) => visible))
    .flatMap(({ value }) => {
      const number = decider.seqOf(value);
      return number === undefined ? [] : [{ number, value }];
    })
    .sort((a, b) => a.number - b.number);
}

/** Each store must be the fold of the outputs up to the number that it names. */
function storeProblems(evidence: Evidence, topology: DeciderTopology): string[] {
  const name = `${topology.service}-0`;
  const problems: string[] = [];
  const decisions = decisionsOf(evidence, topology);
  for (const { instance, owner, store } of evidence.stores(name)) {
    const until = lastSeq(store);
    const folded = evolved(
      evidence,
      topology,
      decisions.filter(({ number }) => number <= until),
    );
    const difference = until === 0 ? undefined : tableDifference(store, folded);
    if (difference !== undefined) problems.push(`the store of ${name} on ${instance} at ${until}: ${difference}`);
    if (owner && until !== (decisions.at(-1)?.number ?? 0)) {
      problems.push(`the store of ${name} on ${instance}: the owner's store is at ${until}, not at the end`);
    }
  }
  return problems;
}

/** The fold of outputs: copies of one are folded once. */
function evolved(
  { broker }: Evidence,
  { decider }: DeciderTopology,
  decisions: readonly { readonly number: number; readonly value: unknown }[],
): Overlay {
  const machine = new DeciderMachine(decider, (topic) => broker.topic(topic).length, new Overlay());
  for (const { value } of decisions) machine.evolve(value);
  machine.changes();
  return machine.table;
}

function inOrder(values: readonly unknown[]): unknown[] {
  return values
    .map((value) => JSON.stringify(value))
    .sort()
    .map((text) => JSON.parse(text) as unknown);
}
