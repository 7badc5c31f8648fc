import { expect, test } from 'vitest';
import { Findings } from '#app/verify/compare';
import { verifyHandoff } from '#app/verify/handoff';
import { DeciderMachine } from '#lib/flow/decider-machine';
import { InputOrder } from '#lib/flow/input-order';
import type { Outgoing } from '#lib/flow/log';
import { START } from '#lib/flow/position';
import { Overlay } from '#lib/flow/table';
import { createMemoryLog } from '#lib/log/memory/log';
import type { Staged } from '#schemas/generated/records';
import { type HandoffMessage, type StageMessage, TOPICS } from '#schemas/topics';
import { applied, compile, enters, files, NOON, stays, tick } from '#services/handoff/given';
import { placeOf } from '#services/handoff/place';
import { createHandoffTopology } from '#services/handoff/topology';

const topology = createHandoffTopology({ hash: (text) => text, compile });
const NEVER = new AbortController().signal;

/** The second model hands over at another stage. */
const first = applied(1, files('v1', ['amy', 'ben']));
const second = applied(2, files('v2', ['cleo', 'dan'], 'sql'), NOON + 5);

const at = (seq: number, ms: number, more: Partial<Staged> = {}) => ({ seq, logged_at: NOON + ms, ...more });
/** A wake-up that was due after so many ms, with the number and time of the record that brought the time. */
const due = (ms: number, seq: number, brought: number) => at(seq, brought, { due_at: NOON + ms });

/** Two partitions, with leads that enter before and after the second model, by themselves and by a wake-up. */
const STAGES: readonly (readonly StageMessage[])[] = [
  [
    first,
    enters('a', at(101, 1)),
    enters('b', due(3, 200, 5)),
    second,
    enters('c', at(202, 6), 'sql'),
    tick(205, NOON + 9),
  ],
  [
    first,
    enters('e', at(103, 2)),
    stays('f', at(104, 4)),
    second,
    enters('g', due(6, 205, 9), 'sql'),
    tick(205, NOON + 9),
  ],
];

/** What handoff writes when it is shown the partitions' records in this order of partitions. */
function written(order: readonly number[], stages = STAGES): Outgoing<HandoffMessage>[] {
  const machine = new DeciderMachine(topology.decider, () => stages.length, new Overlay());
  const inputs = new InputOrder(
    stages.map((_, partition) => ({ topic: TOPICS.stages, partition, position: START })),
    (value) => placeOf(value as StageMessage),
  );
  const next = stages.map(() => 0);
  for (const partition of order) {
    const offset = next[partition] ?? 0;
    next[partition] = offset + 1;
    const value = stages[partition]?.[offset];
    if (value === undefined) throw new Error('there is no such record');
    inputs.add([{ topic: TOPICS.stages, partition, offset, key: null, value }]);
    for (let turn = inputs.next(); turn !== undefined; turn = inputs.next()) {
      inputs.decided(turn.record, machine.decide(turn.record, turn.now ?? 0));
    }
  }
  return machine.outputs as Outgoing<HandoffMessage>[];
}

async function differences(outputs: readonly Outgoing<HandoffMessage>[], stages = STAGES): Promise<readonly string[]> {
  const log = createMemoryLog({ partitions: { [TOPICS.stages]: stages.length, [TOPICS.handoffs]: stages.length } });
  for (const [partition, values] of stages.entries()) {
    await log.publish(values.map((value) => ({ topic: TOPICS.stages, partition, key: null, value })));
  }
  await log.publish(outputs);
  const findings = new Findings();
  await verifyHandoff(topology, log, findings, NEVER);
  return findings.differences.map(({ where, key }) => `${where} ${key}`);
}

/** All orders in which the records of two partitions can be read. */
function orders(left: number, right: number): number[][] {
  if (left === 0 || right === 0) return [[...Array(left).fill(0), ...Array(right).fill(1)]];
  return [
    ...orders(left - 1, right).map((rest) => [0, ...rest]),
    ...orders(left, right - 1).map((rest) => [1, ...rest]),
  ];
}

const IN_TURNS = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1];

/** What handoff writes, changed. */
function changed(change: (outputs: Outgoing<HandoffMessage>[]) => readonly Outgoing<HandoffMessage>[]) {
  return change(written(IN_TURNS));
}

function isHandoff({ value }: Outgoing<HandoffMessage>): boolean {
  return value.type === 'Handoff';
}

test('however the partitions of lead.stages interleave, handoff writes the same, and that has no difference', async () => {
  const all = orders(6, 6);
  expect(all).toHaveLength(924);
  const expected = written(IN_TURNS);
  for (const order of all) expect([order, written(order)]).toEqual([order, expected]);
  expect(await differences(expected)).toEqual([]);
});

test('who is handed over in which order, by whom, when', () => {
  const handoffs = written(IN_TURNS).flatMap(({ value }) => (value.type === 'Handoff' ? [value.value] : []));
  expect(handoffs.map(({ lead_id, rep, logged_at }) => [lead_id, rep, logged_at - NOON])).toEqual([
    ['a', 'amy', 1],
    ['e', 'ben', 2],
    // due at 3, and the first record after that, in whichever partition, is of 4
    ['b', 'amy', 4],
    ['c', 'cleo', 6],
    // due at the time of c's record, which goes before it
    ['g', 'dan', 9],
  ]);
});

test('another representative than the one whose turn it is', async () => {
  const outputs = changed((all) =>
    all.map((output) => {
      if (output.value.type !== 'Handoff') return output;
      return { ...output, value: { type: 'Handoff', value: { ...output.value.value, rep: 'mallory' } } };
    }),
  );
  const found = await differences(outputs);
  expect(found).toHaveLength(5);
  for (const one of found) expect(one).toMatch(/^lead\.handoffs\/\d offset \d value\.rep$/);
});

test.each(['c', 'g', 'e'])('the handoff of %s missing', async (lead) => {
  const outputs = changed((all) => all.filter(({ key }) => key !== lead));
  expect(await differences(outputs)).toEqual([expect.stringMatching(/missing decision on lead\.stages\//)]);
});

test('one handoff more than is due, and one twice', async () => {
  const [handoff] = written(IN_TURNS).filter(isHandoff);
  if (handoff?.value.type !== 'Handoff') throw new Error('there is a handoff');
  const more = { ...handoff, value: { type: 'Handoff' as const, value: { ...handoff.value.value, input_offset: 5 } } };
  expect(await differences(changed((all) => [...all, more]))).toEqual(['lead.handoffs/0 offset 5']);
  expect(await differences(changed((all) => [...all, handoff]))).toEqual(['lead.handoffs/0 offset 5']);
});

test('two handoffs of one partition in the other order', async () => {
  const outputs = changed((all) => {
    const own = all.filter((output) => isHandoff(output) && output.partition === 0);
    return [...all.filter((output) => !own.includes(output)), ...own.toReversed()];
  });
  expect((await differences(outputs)).length).toBeGreaterThan(0);
});

test('a model that lead.stages does not hold', async () => {
  const stages = STAGES.map((values) => values.filter((value) => value !== second && value !== STAGES[0]?.[4]));
  expect(await differences(written(IN_TURNS), stages)).toContainEqual('lead.handoffs/0 offset 3');
});

test('a model that is not in all partitions', async () => {
  const outputs = changed((all) => all.filter((output) => output !== all.find((one) => !isHandoff(one))));
  expect(await differences(outputs)).toEqual([expect.stringMatching(/^lead\.handoffs\/0 /)]);
});

test('what a partition shows beyond the others is not due yet', async () => {
  const stages = STAGES.map((values, partition) =>
    partition === 0 ? [...values, enters('z', at(301, 20), 'sql')] : values,
  );
  expect(await differences(written(IN_TURNS), stages)).toEqual([]);
});
