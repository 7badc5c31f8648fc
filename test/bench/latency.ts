import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureEmbedded } from '#test/bench/latency/embedded';
import { measureKafka } from '#test/bench/latency/kafka';
import { line } from '#test/bench/measure/figures';

/**
 * From publishing an event to its trigger in lead.triggers and its handoff in lead.handoffs, read-committed, under light load and
 * with default settings: `npm run bench -- latency [SAMPLES] [embedded]`. Embedded, then on Kafka: with all services in
 * one process, and with a process for each.
 */
const samples = Number(process.argv[3] ?? 300);
const dir = await mkdtemp(join(tmpdir(), 'leadstream-latency-'));
try {
  line('from an event to its decision, ms', 'p50 / p90 / p99 / max');
  await measureEmbedded(join(dir, 'embedded'), samples);
  if (process.argv[4] !== 'embedded') await measureKafka(dir, samples);
} finally {
  await rm(dir, { recursive: true, force: true });
}
