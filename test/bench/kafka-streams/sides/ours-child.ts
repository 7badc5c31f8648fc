import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { systemClock } from '#lib/clock/system';
import { type Host, host } from '#lib/flow/host';
import { foldTask } from '#lib/flow/runner';
import { foldTaskName } from '#lib/flow/start-over';
import { openKafkaLog } from '#lib/log/kafka/log';
import { connectRegistry } from '#lib/log/kafka/registry/registry';
import type { ScoreState } from '#test/bench/kafka-streams/folds/score';
import { doubleBits } from '#test/bench/kafka-streams/measure/bits';
import type { OursTask } from '#test/bench/kafka-streams/sides/ours';
import { chainsOf, INPUT, outputsOf, topicsOf } from '#test/bench/kafka-streams/workload';
import { taskOf } from '#test/bench/measure/child';
import { kafkaSettings } from '#test/bench/measure/kafka-settings';
import { instanceStores, NO_ROWS } from '#test/bench/measure/stores';

/** A process of its own that runs the folds as `leadstream run` does, until its parent says a word. */
const { run, workload, chained, only, brokers, registry: url, dir, dump } = taskOf<OursTask>();

const openStore = instanceStores(dir);
const registry = await connectRegistry({ url, prefix: '', register: false, clock: systemClock });
const log = await openKafkaLog({
  settings: kafkaSettings(brokers),
  registry: async () => registry,
  clock: systemClock,
  topics: [INPUT, ...outputsOf(workload, topicsOf(run))],
});
const observer = {
  paused: (task: string, error: unknown) => process.stderr.write(`${task} pauses: ${error}\n`),
  failed: (task: string, error: unknown) => process.stderr.write(`${task} fails: ${error}\n`),
};
const running = { log, openStore, sink: NO_ROWS, clock: systemClock, observer };
const chains = chainsOf(workload, run, chained).filter((_, number) => only === undefined || only === number);
const hosts: Host[] = await Promise.all(
  chains.map((chain) =>
    host({
      log,
      clock: systemClock,
      group: chain.map(({ service }) => service).join('+'),
      sharing: { topics: [chain[0].input], shares: log.partitions(chain[0].input) },
      taskOf: (share) => foldTask(running, chain, share),
      stored: new Map(),
    }),
  ),
);
const failed = Promise.race(hosts.map((one) => one.failed));
await Promise.race([once(process, 'message'), failed]);
const had = hosts.map((one) => one.tasks().map(({ name }) => name));
await Promise.all(hosts.map((one) => one.stop()));
await log.close();
registry.close();
if (dump !== undefined) await writeDump(dump, had.flat());
process.disconnect?.();

async function writeDump(file: string, tasks: readonly string[]): Promise<void> {
  const out = createWriteStream(file);
  const closed = once(out, 'close');
  const names = new Set(
    chains.flatMap((chain) => Array.from({ length: log.partitions(chain[0].input) }, (_, p) => foldTaskName(chain, p))),
  );
  for (const task of tasks) {
    if (!names.has(task)) continue;
    const store = await openStore(task);
    for (const [key, value] of store.range('s0:', 's0;')) {
      const { state } = value as { readonly state: ScoreState };
      out.write(`${key.slice('s0:'.length)} ${doubleBits(state.score)} ${state.at} ${state.count}\n`);
    }
    await store.close();
  }
  out.end();
  await closed;
}
