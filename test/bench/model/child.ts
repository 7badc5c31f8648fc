import { systemClock } from '#lib/clock/system';
import { sharedState } from '#lib/flow/fold-level';
import { leadState } from '#lib/flow/leads';
import { Room } from '#lib/flow/room';
import { foldTask } from '#lib/flow/runner';
import { supervise } from '#lib/flow/supervisor';
import { Scoped } from '#lib/flow/table';
import { foldTopology } from '#lib/flow/topology';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import { lmdbStores } from '#lib/store/lmdb';
import { writeBehindStores } from '#lib/store/write-behind';
import { explain } from '#services/score/explain';
import { createScoreFold } from '#services/score/fold';
import { outlook } from '#services/score/outlook';
import type { LeadScore } from '#services/score/state';
import { createFeed } from '#test/bench/fold/feed';
import { type Chain, INPUT, PARTITIONS } from '#test/bench/kafka-streams/workload';
import { watchMemory } from '#test/bench/measure/memory';
import { modelWith } from '#test/bench/model/rules';
import type { SizeResult } from '#test/bench/model/size';

/** A process of its own: folds so many leads into stores on disk, then explains some of them. */
const { leads, events, asked, dir } = JSON.parse(process.argv[2] ?? '') as {
  readonly leads: number;
  readonly events: number;
  readonly asked: number;
  readonly dir: string;
};
const { version, files } = await modelWith({ rules: 100, match: 'some' });
const compile = createCompiler();
const fold = createScoreFold({ compile, hash: sha256 });
const chain: Chain = [foldTopology({ service: 'model-score', input: INPUT, output: 'bench.model.scores', fold })];
const first = { type: 'ModelApplied', value: { seq: 0, logged_at: 0, model_version: version, files } };
const feed = createFeed({ chain, events, leads, first });
const openLmdb = lmdbStores({ dir });
const openStore = writeBehindStores(openLmdb, {
  room: new Room(32 * 1024 * 1024),
  waiting: 16_000,
  wait: 3_000,
  clock: systemClock,
});
const sink = { write: () => Promise.reject(new Error('the score fold writes no rows')) };
const options = { log: feed.log, openStore, sink, clock: systemClock, observer: {} };
const tasks = Array.from({ length: PARTITIONS }, (_, partition) => foldTask(options, chain, partition));
const supervisor = supervise(tasks, feed.log, systemClock);
const memory = watchMemory(process.pid);
await Promise.race([feed.reached(events), supervisor.failed]);
memory.stop();
const anonymous = memory.most();
const names = tasks.map(({ name }) => name);
await supervisor.stop();

const stores = await Promise.all(names.map((name) => openLmdb(name)));
const models = new Models(compile);
const at = Date.UTC(2024, 2, 5);
const took: number[] = [];
let state = 7;
for (let i = 0; took.length < asked && i < 100 * asked; i++) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  const lead = `lead-${((Math.floor((state / 2 ** 32) * (leads / PARTITIONS)) * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, '0')}`;
  const store = stores[i % stores.length];
  if (store === undefined) continue;
  const began = performance.now();
  const inForce = (sharedState(store, 0) as InForce | undefined) ?? NO_MODEL;
  const known = leadState(store, 0, lead) as LeadScore | undefined;
  if (known === undefined) continue;
  explain(known, inForce, models, at, new Scoped(store, `i0.${lead}:`));
  outlook(known, inForce, models, at);
  took.push(performance.now() - began);
}
for (const store of stores) await store.close();
process.send?.({ anonymous, took } satisfies SizeResult);
process.disconnect?.();
