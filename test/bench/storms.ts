import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { line, megabytes } from '#test/bench/measure/figures';
import { type Storm, storms } from '#test/bench/storms/calls';
import { readOptions } from '#test/bench/storms/options';
import { startEverything } from '#test/bench/storms/process';
import { publish, startBystander } from '#test/bench/storms/publish';

/**
 * Storms of identity in one process with everything in it: how long they take, what they need, and how long another lead's
 * events wait meanwhile. `npm run bench -- storms [--visitors N] [--over SECONDS] [--events N] [--joins N] [--backwards N]`
 */
const { profile, ...sizes } = readOptions(process.argv.slice(3));
const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
for (const storm of storms(sizes, Date.now())) await measure(storm);

async function measure({ what, before, storm, over }: Storm): Promise<void> {
  line(what, over === 0 ? 'as fast as it is taken' : `spread over ${over / 1000} s`);
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-storms-'));
  const everything = await startEverything(dir, flags);
  const { url } = everything;
  try {
    await publish(url, before, 0, 0);
    await everything.idle();
    const quiet = everything.memory();
    const bystander = startBystander(url);
    const calls = [...storm];
    const began = performance.timeOrigin + performance.now();
    await publish(url, calls, calls.length, over);
    const { at, moved } = await everything.idle();
    const sent = await bystander.stop();
    await everything.idle();
    const took = at - began;
    const most = everything.memory();
    const perSecond = (number: number) => Math.round((number / took) * 1000).toLocaleString('en-US');
    line('  until the last row of it, s', (took / 1000).toFixed(1));
    line('  events, per second', `${calls.length.toLocaleString('en-US')}, ${perSecond(calls.length)}`);
    line('  activities moved, per second', `${moved.toLocaleString('en-US')}, ${perSecond(moved)}`);
    line("  another lead's events until decided, ms (p50 / p99 / max)", waits(sent, everything.decided));
    line("  another lead's events until a row, ms (p50 / p99 / max)", waits(sent, everything.rows));
    line('  resident memory at most, MB (before the storm)', pair(most.resident, quiet.resident));
    line('  anonymous memory at most, MB (before the storm)', pair(most.anonymous, quiet.anonymous));
  } finally {
    await everything.end();
    await rm(dir, { recursive: true, force: true });
  }
}

function waits(sent: ReadonlyMap<string, number>, arrived: ReadonlyMap<string, number>): string {
  const took = [...sent].map(([id, at]) => (arrived.get(id) ?? Number.POSITIVE_INFINITY) - at).sort((a, b) => a - b);
  const quantile = (share: number) => Math.round(took[Math.ceil(share * took.length) - 1] ?? Number.NaN);
  return `${[0.5, 0.99, 1].map(quantile).join(' / ')} of ${took.length}`;
}

function pair(most: number, before: number): string {
  return `${megabytes(most).toFixed(0)} (${megabytes(before).toFixed(0)})`;
}
