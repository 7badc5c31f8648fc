import { equal } from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBench } from '#test/bench/command/bench';
import { count, profiles, seconds } from '#test/bench/command/settings';
import { line, megabytes } from '#test/bench/measure/figures';
import { type Storm, storms } from '#test/bench/storms/calls';
import { startProcess } from '#test/bench/storms/process';
import { publish, startBystander } from '#test/bench/storms/publish';

await runBench({
  name: 'storms',
  about: 'Storms of identity in one process with everything in it, and how long others wait meanwhile.',
  settings: {
    visitors: count('who become known', { usual: 100_000, tiny: 20 }),
    over: seconds('that they take for it; 0: as fast as they are taken', { usual: 60, tiny: 0 }),
    events: count('of one visitor who becomes known', { usual: 100_000, tiny: 50 }),
    joins: count('in a chain, from its oldest lead on', { usual: 1_000, tiny: 5 }),
    backwards: count('in a chain from its newest lead on: each moves all that came before', { usual: 200, tiny: 5 }),
    profile: profiles(),
  },
  async run({ profile, ...sizes }) {
    const flags = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    for (const storm of storms(sizes, Date.now())) await measure(storm, flags);
  },
});

async function measure({ what, before, storm, over, moves }: Storm, flags: readonly string[]): Promise<void> {
  line(what, over === 0 ? 'as fast as it is taken' : `spread over ${over / 1000} s`);
  const dir = await mkdtemp(join(tmpdir(), 'leadstream-storms-'));
  const everything = await startProcess(dir, flags);
  const { url } = everything;
  try {
    await publish(url, before, 0, 0);
    await everything.idle();
    const quiet = everything.memory();
    const bystander = startBystander(url);
    const calls = [...storm];
    const began = performance.timeOrigin + performance.now();
    await publish(url, calls, calls.length, over);
    const at = await everything.moved(moves);
    const sent = await bystander.stop();
    await everything.idle();
    const took = at - began;
    const most = everything.memory();
    const perSecond = (number: number) => Math.round((number / took) * 1000).toLocaleString('en-US');
    line('  until the last row of it, s', (took / 1000).toFixed(1));
    line('  events, per second', `${calls.length.toLocaleString('en-US')}, ${perSecond(calls.length)}`);
    line('  activities moved, per second', `${moves.toLocaleString('en-US')}, ${perSecond(moves)}`);
    line("  another lead's events until decided, ms (p50 / p99 / max)", waits(sent, everything.decided));
    line("  another lead's events until a row, ms (p50 / p99 / max)", waits(sent, everything.rows));
    line('  resident memory at most, MB (before the storm)', pair(most.resident, quiet.resident));
    line('  anonymous memory at most, MB (before the storm)', pair(most.anonymous, quiet.anonymous));
    equal(await everything.end(), moves, 'activities that moved');
  } finally {
    everything.kill();
    await rm(dir, { recursive: true, force: true });
  }
}

/** Throws when an event has not arrived. */
function waits(sent: ReadonlyMap<string, number>, arrived: ReadonlyMap<string, number>): string {
  const took = [...sent].map(([id, at]) => {
    const came = arrived.get(id);
    if (came === undefined) throw new Error(`${id} was published, and nothing came of it`);
    return came - at;
  });
  const sorted = took.toSorted((a, b) => a - b);
  const quantile = (share: number) => Math.round(sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN);
  return `${[0.5, 0.99, 1].map(quantile).join(' / ')} of ${took.length}`;
}

function pair(most: number, before: number): string {
  return `${megabytes(most).toFixed(0)} (${megabytes(before).toFixed(0)})`;
}
