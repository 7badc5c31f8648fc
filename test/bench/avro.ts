import { deepStrictEqual } from 'node:assert/strict';
import { samples } from '#test/bench/avro/samples';
import { SIDES, type Side } from '#test/bench/avro/side';
import type { SideTask, Took } from '#test/bench/avro/side-child';
import { messageOf, scoredMessage, WORKS } from '#test/bench/avro/work';
import { runBench } from '#test/bench/command/bench';
import { count, runs } from '#test/bench/command/settings';
import { askChild } from '#test/bench/measure/child';
import { line, spread } from '#test/bench/measure/figures';

await runBench({
  name: 'avro',
  about: 'Records to bytes and back: ours beside plain avsc and beside JSON of the same records, CPU ns per record.',
  settings: {
    runs: runs(5),
    records: count('that are measured, of each kind: about what a fetched page holds', { usual: 10_000, tiny: 200 }),
    time: count('that each work is measured for, ms', { usual: 800, tiny: 5 }),
  },
  async run({ runs, records, time }) {
    compare(records);
    const sides = Object.keys(SIDES);
    const found: ReadonlyMap<string, Took>[] = [];
    for (let run = 0; run < runs; run++) {
      const took = new Map<string, Took>();
      for (const side of sides)
        took.set(side, await askChild('avro/side-child.ts', import.meta.url, task(side, records, time)));
      found.push(took);
    }
    for (const { name: kind } of samples(0)) for (const { name: work } of WORKS) print(found, kind, work);
  },
});

function task(side: string, records: number, time: number): SideTask {
  return { side, records, time };
}

function print(runs: readonly ReadonlyMap<string, Took>[], kind: string, work: string): void {
  line(`\n${work}, ${kind}`, 'ns a record (min / median / max)   of plain avsc, of JSON');
  const of = (side: string) => runs.map((run) => run.get(side)?.[kind]?.[work] ?? Number.NaN);
  const ours = of('ours');
  const ratios = (side: string) =>
    spread(
      of(side).map((ns, run) => (ours[run] ?? Number.NaN) / ns),
      2,
    );
  for (const side of Object.keys(SIDES)) {
    const beside = side === 'ours' ? `   ${ratios('avsc')}, ${ratios('JSON')}` : '';
    line(side, spread(of(side)) + beside);
  }
}

/** Every side must read what it has written as what it was. */
function compare(records: number): void {
  const sides = Object.values(SIDES).map((side) => side());
  for (const { activities } of samples(records)) {
    for (const of of [messageOf, scoredMessage]) {
      const messages = activities.map(of);
      for (const side of sides)
        deepStrictEqual(
          again(side, messages),
          messages.map(({ value }) => value),
        );
    }
  }
}

function again(side: Side, messages: Parameters<Side['write']>[0]): unknown[] {
  const { bytes, ends } = side.write(messages);
  // what is read may still refer to the page, which the next one replaces
  return messages.map(({ type }, n) => structuredClone(side.read(type, bytes, ends[n - 1] ?? 0, ends[n] ?? 0)));
}
