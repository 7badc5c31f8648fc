import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBench } from '#test/bench/command/bench';
import { count } from '#test/bench/command/settings';
import { timeByPlace } from '#test/bench/measure/cpu-profile';
import { writeEvents } from '#test/bench/measure/events';
import { line } from '#test/bench/measure/figures';
import { importFile } from '#test/bench/measure/import';

/** Of a source file: the first that matches. */
const PLACES: readonly (readonly [pattern: RegExp, place: string])[] = [
  [/^\((.*)\)$/, ''],
  [/\/lib\/avro\/|node_modules\/avsc\//, 'Avro: records to bytes and back'],
  [/\/lib\/store\/|node_modules\/(msgpackr|lru-cache)\//, 'stores: states to bytes and back, caches'],
  [/node_modules\/lmdb\//, 'LMDB, of the log and the stores'],
  [/\/lib\/log\//, 'the log'],
  [/\/lib\/flow\//, 'the runtime: steps, overlays, wake-ups'],
  [/\/services\/identify\//, 'identify'],
  [/\/services\/(score|stage|trigger|handoff)\/|\/lib\/model\/|cel-js/, 'score, stage, trigger, handoff'],
  [/\/services\/analyze\//, 'analyze'],
  [/\/lib\/clickhouse\/|node_modules\/@clickhouse\//, 'rows into ClickHouse'],
  [/\/app\/import\/|\/services\/collect\/|\/lib\/hash\//, 'reading lines, hashes'],
];

await runBench({
  name: 'profile',
  about: "What an import's one busy thread spends its time on.",
  settings: {
    people: count('whose events are imported', { usual: 2_000, tiny: 10 }),
    days: count('that they take', { usual: 60, tiny: 5 }),
  },
  async run({ people, days }) {
    const folder = await mkdtemp(join(tmpdir(), 'leadstream-bench-'));
    try {
      const file = await writeEvents(join(folder, 'events.ndjson'), { leads: people, days, seed: 7 });
      const profiles = join(folder, 'profiles');
      const flags = ['--cpu-prof', `--cpu-prof-dir=${profiles}`];
      const { accepted, took } = await importFile(file, join(folder, 'data'), flags);
      line('events', accepted.toLocaleString('en-US'));
      line('events/s, with the profiler on', Math.round((accepted / took) * 1000).toLocaleString('en-US'));
      const times = timeByPlace(await mainThread(profiles), placeOf);
      const total = times.reduce((sum, [, ms]) => sum + ms, 0);
      for (const [place, ms] of times) line(place, `${((100 * ms) / total).toFixed(1).padStart(5)} %`);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
});

function placeOf(urlOrState: string): string {
  const [, place] = PLACES.find(([pattern]) => pattern.test(urlOrState)) ?? [undefined, 'the rest'];
  return place === '' ? urlOrState.slice(1, -1) : place;
}

/** Each thread writes a profile; that of the one that works is by far the largest. */
async function mainThread(dir: string): Promise<string> {
  const files = await Promise.all(
    (await readdir(dir)).map(async (name) => ({ path: join(dir, name), size: (await stat(join(dir, name))).size })),
  );
  const [largest] = files.sort((a, b) => b.size - a.size);
  if (largest === undefined) throw new Error('the import wrote no profile');
  return readFile(largest.path, 'utf8');
}
