import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runBench } from '#test/bench/command/bench';
import { count, seconds, some } from '#test/bench/command/settings';
import { measureEmbedded } from '#test/bench/latency/embedded';
import { measureKafka } from '#test/bench/latency/kafka';
import { line } from '#test/bench/measure/figures';

await runBench({
  name: 'latency',
  about:
    'From publishing an event to its trigger in lead.triggers and its handoff in lead.handoffs, read-committed, under light load and with default settings: embedded, and on Kafka with all services in one process, and with a process for each. Needs Java and Maven for Kafka.',
  settings: {
    samples: count('leads that set off one of each', { usual: 300, tiny: 3 }),
    warmup: seconds('before the first sample', { usual: 15, tiny: 0 }),
    only: some('log', ['embedded', 'kafka']),
  },
  async run({ samples, warmup, only }) {
    line('from an event to its decision, ms', 'p50 / p90 / p99 / max');
    if (only.includes('embedded')) {
      const dir = await mkdtemp(join(tmpdir(), 'leadstream-latency-'));
      try {
        await measureEmbedded(dir, { samples, warmup });
      } finally {
        await rm(dir, { recursive: true, force: true });
      }
    }
    if (only.includes('kafka')) await measureKafka({ samples, warmup });
  },
});
