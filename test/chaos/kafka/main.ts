import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KafkaFailure } from '#infra/kafka/failure';
import { readArguments, USAGE, type Wanted } from '#test/chaos/kafka/options';
import { runChaos } from '#test/chaos/kafka/run';

const say = (line: string) => process.stdout.write(`${line}\n`);

/** Returns whether everything was as it must be. */
async function run({ lasts, seed, layout, keep }: Wanted): Promise<boolean> {
  if (keep !== undefined) await mkdir(keep, { recursive: true });
  const dir = keep ?? (await mkdtemp(join(tmpdir(), 'leadstream-chaos-')));
  const asked = layout === undefined ? '' : ` --layout ${layout}`;
  say(`seed ${seed}; to repeat: npm run chaos -- --minutes ${lasts / 60_000} --seed ${seed}${asked}`);
  try {
    const { problems } = await runChaos({ dir, lasts, seed, layout, say });
    return problems.length === 0;
  } finally {
    if (keep === undefined) await rm(dir, { recursive: true, force: true });
    else say(`logs, data and stores are in ${dir}`);
  }
}

// What was started ends with this process.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const wanted = readArguments(process.argv.slice(2));
if (wanted === undefined) {
  process.stderr.write(USAGE);
  process.exitCode = 2;
} else {
  try {
    process.exitCode = (await run(wanted)) ? 0 : 1;
  } catch (thrown) {
    if (!(thrown instanceof KafkaFailure)) throw thrown;
    process.stderr.write(`chaos: ${thrown.message}\n`);
    process.exitCode = 1;
  }
}
