import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { emptyStandardInput } from '#app/cli/standard-input';
import { samples } from '#test/bench/avro/samples';
import { SIDES } from '#test/bench/avro/side';
import type { Took } from '#test/bench/avro/side-child';
import { WORKS } from '#test/bench/avro/work';
import { line, spread } from '#test/bench/measure/figures';

/**
 * Records to bytes and back: ours beside plain avsc and beside JSON.parse and JSON.stringify of the same records, CPU ns per
 * record. `npm run bench -- avro [RUNS]`
 */
const RUNS = Number(process.argv[3] ?? 5);
const CHILD = fileURLToPath(new URL('avro/side-child.ts', import.meta.url));
const TYPESCRIPT = fileURLToPath(new URL('../../bin/typescript.mjs', import.meta.url));

await emptyStandardInput();
const sides = Object.keys(SIDES);
const runs: ReadonlyMap<string, Took>[] = [];
for (let run = 0; run < RUNS; run++) {
  const run = new Map<string, Took>();
  for (const side of sides) run.set(side, await measured(side));
  runs.push(run);
}
for (const { name: kind } of samples()) {
  for (const { name: work } of WORKS) {
    line(`\n${work}, ${kind}`, 'ns a record (min / median / max)   of plain avsc, of JSON');
    const of = (side: string) => runs.map((run) => run.get(side)?.[kind]?.[work] ?? Number.NaN);
    const ours = of('ours');
    const ratios = (side: string) =>
      spread(
        of(side).map((ns, run) => (ours[run] ?? Number.NaN) / ns),
        2,
      );
    for (const side of sides) {
      const beside = side === 'ours' ? `   ${ratios('avsc')}, ${ratios('JSON')}` : '';
      line(side, spread(of(side)) + beside);
    }
  }
}

async function measured(side: string): Promise<Took> {
  const child = fork(CHILD, [side], { execArgv: ['--import', TYPESCRIPT] });
  const exited = once(child, 'exit');
  const [took] = await Promise.race([
    once(child, 'message'),
    exited.then(() => Promise.reject(new Error(`measuring ${side} failed`))),
  ]);
  await exited;
  return took;
}
