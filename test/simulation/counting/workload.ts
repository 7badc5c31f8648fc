import type { Random } from '#app/generator/random';
import { checkDecider, checkOrderedDecider } from '#test/simulation/check/decider';
import { checkFolds } from '#test/simulation/check/fold';
import { checkRows } from '#test/simulation/check/rows';
import { type CountingRow, markTopology, rowsTopology, sumTopology } from '#test/simulation/counting/folds';
import { numberTopology } from '#test/simulation/counting/number';
import { COUNTING, type Counted, type Entry } from '#test/simulation/counting/records';
import { turnTopology } from '#test/simulation/counting/turn';
import { type Chain, createHosting } from '#test/simulation/hosting';
import { EPOCH } from '#test/simulation/process';
import { CALM_AT } from '#test/simulation/times';
import type { Publication, Workload } from '#test/simulation/workload';

/** A small pipeline of everything that the runtime can do, quick enough for thousands of seeds. */
export function drawCounting(random: Random): Workload {
  const inputs = random.whole(1, 2);
  const partitions = random.whole(1, 2);
  const partitionsOf: Readonly<Record<string, number>> = {
    [COUNTING.entries]: inputs,
    [COUNTING.facts]: partitions,
    [COUNTING.refused]: 1,
    [COUNTING.sums]: partitions,
    [COUNTING.marks]: partitions,
    [COUNTING.turns]: partitions,
  };
  const tickEvery = random.pick([700, 2000, 6000]);
  const number = numberTopology({ partitions, tickEvery, tickUntil: EPOCH + CALM_AT });
  const turn = turnTopology();
  const rows = rowsTopology();
  const chains: readonly Chain[] = random.chance(0.4)
    ? [[sumTopology(), markTopology()]]
    : [[sumTopology()], [markTopology()]];
  const hosting = createHosting(random, partitionsOf);

  return {
    partitions: partitionsOf,
    tasks: [
      hosting.decider(number, tickEvery),
      ...chains.flatMap((chain) => hosting.folds(chain, 0)),
      ...hosting.folds([rows], random.pick([0, 50, 400])),
      hosting.decider(turn, undefined),
    ],
    publications: drawPublications(random, inputs),
    describeRow: (row) => row as CountingRow,
    check: (evidence) => [
      ...checkDecider(evidence, number, causeOf),
      ...checkOrderedDecider(evidence, turn),
      ...chains.flatMap((chain) => checkFolds(evidence, chain)),
      ...checkFolds(evidence, [rows]),
      ...checkRows(evidence, [rows], (row) => row as CountingRow),
    ],
  };
}

function causeOf(value: unknown): { readonly partition: number | undefined; readonly now: number } {
  const { at, cause, now } = value as Counted;
  return { partition: cause?.partition, now: now ?? at };
}

function drawPublications(random: Random, partitions: number): Publication[] {
  const leads = ['ann', 'bob', 'cid', 'dee', 'eve', 'fay'].slice(0, random.whole(2, 6));
  return Array.from({ length: random.whole(5, 40) }, (_, n) => ({
    at: random.whole(0, CALM_AT - 1),
    records: Array.from({ length: random.chance(0.8) ? 1 : random.whole(2, 4) }, (_, i) => {
      const count = random.chance(0.8) ? 1 : random.whole(2, 7);
      const value: Entry = {
        id: `${n}.${i}`,
        leads: Array.from({ length: count }, () => leads[random.whole(0, leads.length - 1)] ?? ''),
        poison: random.chance(0.05),
      };
      return { topic: COUNTING.entries, partition: random.whole(0, partitions - 1), key: null, value };
    }),
  }));
}
