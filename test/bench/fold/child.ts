import { systemClock } from '#lib/clock/system';
import { foldTask } from '#lib/flow/runner';
import { supervise } from '#lib/flow/supervisor';
import { readModel, versionOf } from '#lib/model/files';
import { chainOf } from '#test/bench/fold/cases';
import { createFeed } from '#test/bench/fold/feed';
import type { FoldResult, FoldTask } from '#test/bench/fold/measure';
import { readingTask } from '#test/bench/fold/reading';
import { PARTITIONS } from '#test/bench/kafka-streams/workload';
import { answer, taskOf } from '#test/bench/measure/child';
import { anonymousBytes } from '#test/bench/measure/memory';
import { instanceStores, NO_ROWS } from '#test/bench/measure/stores';

/** A process of its own: folds made-up records with the real tasks and stores, and tells its parent what it took. */
const { fold, events, leads, dir } = taskOf<FoldTask>();
/** Share of the records that warm up. */
const WARM_UP = 0.2;

const chain = chainOf(fold);
const feed = createFeed({ chain, events, leads, ...(fold === 'real score' ? { first: await modelRecord() } : {}) });
const options = { log: feed.log, openStore: instanceStores(dir), sink: NO_ROWS, clock: systemClock, observer: {} };
const tasks = Array.from({ length: PARTITIONS }, (_, partition) =>
  fold === 'nothing' ? readingTask(feed.log, partition) : foldTask(options, chain, partition),
);
const warm = feed.reached(events * WARM_UP);
const all = feed.reached(events);
const supervisor = supervise(tasks, feed.log, systemClock);
await Promise.race([warm, supervisor.failed]);
const begin = look();
await Promise.race([all, supervisor.failed]);
const end = look();
const most = anonymousBytes(process.pid);
await supervisor.stop();
const closed = look();

const records = end.records - begin.records;
answer({
  rate: (1000 * records) / (end.time - begin.time - (end.spent - begin.spent) / 1000),
  // What waits to be written is written on closing.
  cpu: (closed.cpu - begin.cpu - (closed.spent - begin.spent)) / records,
  anonymous: most,
} satisfies FoldResult);

function look() {
  const { user, system } = process.cpuUsage();
  return { time: performance.now(), cpu: user + system, spent: feed.spent(), records: feed.committed() };
}

async function modelRecord(): Promise<unknown> {
  const files = await readModel('model');
  const model_version = versionOf(files);
  return { type: 'ModelApplied', value: { seq: 0, logged_at: 0, model_version, files } };
}
