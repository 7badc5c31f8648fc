import { expect, test } from 'vitest';
import { Findings } from '#app/verify/compare';
import { verifyHandoff } from '#app/verify/handoff';
import { DeciderMachine } from '#lib/flow/decider-machine';
import type { Outgoing } from '#lib/flow/log';
import { Overlay } from '#lib/flow/table';
import { createMemoryLog } from '#lib/log/memory/log';
import { type HandoffMessage, type StageMessage, TOPICS } from '#schemas/topics';
import { applied, compile, enters, files, stays } from '#services/handoff/given';
import { createHandoffTopology } from '#services/handoff/topology';

const topology = createHandoffTopology({ hash: (text) => text, compile });
const NEVER = new AbortController().signal;

const first = applied(1, files('v1', ['amy', 'ben']));
/** Hands over at another stage. */
const second = applied(2, files('v2', ['cleo'], 'sql'));

/** What handoff writes when it reads the partitions' records in this order of partitions. */
function written(stages: readonly (readonly StageMessage[])[], order: readonly number[]): Outgoing<HandoffMessage>[] {
  const next = stages.map(() => 0);
  const places = order.map((partition) => {
    const offset = next[partition] ?? 0;
    next[partition] = offset + 1;
    return { partition, offset };
  });
  return read(stages, places);
}

/** What handoff writes when it reads the records in these places. */
function read(
  stages: readonly (readonly StageMessage[])[],
  places: readonly { readonly partition: number; readonly offset: number }[],
): Outgoing<HandoffMessage>[] {
  const machine = new DeciderMachine(topology.decider, () => stages.length, new Overlay());
  for (const { partition, offset } of places) {
    const value = stages[partition]?.[offset];
    if (value === undefined) throw new Error('there is no such record');
    machine.decide({ topic: TOPICS.stages, partition, offset, key: null, value }, 0);
  }
  return machine.outputs as Outgoing<HandoffMessage>[];
}

async function differences(
  stages: readonly (readonly StageMessage[])[],
  outputs: readonly Outgoing<HandoffMessage>[],
): Promise<readonly string[]> {
  const log = createMemoryLog({ partitions: { [TOPICS.stages]: stages.length, [TOPICS.handoffs]: stages.length } });
  for (const [partition, values] of stages.entries()) {
    await log.publish(values.map((value) => ({ topic: TOPICS.stages, partition, key: null, value })));
  }
  await log.publish(outputs);
  const findings = new Findings();
  await verifyHandoff(topology, log, findings, NEVER);
  return findings.differences.map(({ where, key }) => `${where} ${key}`);
}

/** Two partitions, each with both models somewhere and leads that enter before and after. */
const STAGES: readonly (readonly StageMessage[])[] = [
  [first, enters('a'), second, enters('b'), enters('c', {}, 'sql'), stays('d')],
  [enters('e'), first, enters('f'), enters('g'), second, enters('h', {}, 'sql')],
];

/** All orders in which the records of two partitions can be read. */
function orders(left: number, right: number): number[][] {
  if (left === 0 || right === 0) return [[...Array(left).fill(0), ...Array(right).fill(1)]];
  return [
    ...orders(left - 1, right).map((rest) => [0, ...rest]),
    ...orders(left, right - 1).map((rest) => [1, ...rest]),
  ];
}

const IN_TURNS = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1];

/** What handoff writes in turns, changed; handoffs and models by their place among the outputs of each type. */
function changed(change: (outputs: Outgoing<HandoffMessage>[]) => readonly Outgoing<HandoffMessage>[]) {
  return change(written(STAGES, IN_TURNS));
}

function isHandoff({ value }: Outgoing<HandoffMessage>): boolean {
  return value.type === 'Handoff';
}

test('however the partitions of lead.stages interleave, what handoff writes has no difference', async () => {
  const all = orders(6, 6);
  expect(all).toHaveLength(924);
  for (const order of all) expect([order, await differences(STAGES, written(STAGES, order))]).toEqual([order, []]);
});

test('in turns there are handoffs under both models', () => {
  const outputs = written(STAGES, IN_TURNS);
  expect(outputs.filter(isHandoff).length).toBeGreaterThanOrEqual(3);
  expect(outputs.filter((output) => !isHandoff(output))).toHaveLength(4);
});

test('another representative than the one whose turn it is', async () => {
  const outputs = changed((all) =>
    all.map((output) => {
      if (output.value.type !== 'Handoff') return output;
      return { ...output, value: { type: 'Handoff', value: { ...output.value.value, rep: 'mallory' } } };
    }),
  );
  expect(await differences(STAGES, outputs)).toContainEqual(
    expect.stringMatching(/^lead\.handoffs\/\d offset \d value\.rep$/),
  );
});

test('the last handoff missing', async () => {
  const outputs = changed((all) => all.filter((output) => output !== all.findLast(isHandoff)));
  expect(await differences(STAGES, outputs)).toContainEqual(
    expect.stringMatching(/missing decision on lead\.stages\//),
  );
});

test('a model that lead.stages does not hold', async () => {
  const stages = STAGES.map((values) => values.filter((value) => value !== second));
  const outputs = written(STAGES, [0, 0, 0]);
  expect(await differences(stages, outputs)).toContainEqual('lead.handoffs offset 2 model');
});

test('a model taken over before handoff can have read it in any partition', async () => {
  const newer = applied(2, files('v3', ['cleo']));
  const stages = [
    [first, enters('a'), newer],
    [first, enters('b'), newer],
  ];
  const both = [0, 1].flatMap((partition) => [0, 1, 2].map((offset) => ({ partition, offset })));
  expect(await differences(stages, read(stages, both))).toEqual([]);
  const ahead = [
    { partition: 0, offset: 0 },
    { partition: 0, offset: 2 },
    { partition: 0, offset: 1 },
    ...both.slice(4),
  ];
  expect(await differences(stages, read(stages, ahead))).toContainEqual('lead.handoffs offset 1 model');
});

test('a model that is not in all partitions', async () => {
  const outputs = changed((all) => all.filter((output) => output !== all.find((one) => !isHandoff(one))));
  expect(await differences(STAGES, outputs)).toContainEqual(expect.stringMatching(/partitions/));
});
