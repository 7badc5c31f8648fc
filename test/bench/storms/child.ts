import { cacheBudget } from '#app/cache/budget';
import { emptyStandardInput } from '#app/cli/standard-input';
import { startEngine } from '#app/embedded/engine';
import { createExplainer } from '#app/embedded/explainer';
import { ensureModel } from '#app/embedded/model';
import { serve } from '#app/embedded/serve';
import { identityHash } from '#lib/hash/keyed';
import { sha256 } from '#lib/hash/sha256';
import { readModel } from '#lib/model/files';
import { createMetrics } from '#lib/operation/metrics';
import { observers } from '#lib/operation/observers';
import { createReadiness } from '#lib/operation/readiness';
import { TOPICS } from '#schemas/topics';
import { anySource } from '#services/collect/source';
import type { Said } from '#test/bench/storms/said';
import { watch } from '#test/bench/storms/watch';

/** A process of its own: everything in one, as `leadstream start` has it, and a look at what comes out. */
await emptyStandardInput();
const say = (said: Said) => process.send?.(said);
const { signal } = new AbortController();
const operation = { metrics: createMetrics({ deadLetters: TOPICS.deadLetters }), readiness: createReadiness() };
const engine = await startEngine({
  dir: process.argv[2] ?? '',
  ticks: true,
  identity: identityHash(''),
  cache: cacheBudget(undefined),
  observer: observers(operation.metrics.observer, {
    paused: (task, error) => say({ kind: 'fault', text: `${task} waits: ${error}` }),
    failed: (task, error) => say({ kind: 'fault', text: `${task} failed: ${error}` }),
  }),
});
await ensureModel(engine, await readModel('model'), signal);
const watching = watch(engine, say);
const serving = await serve(engine, createExplainer(engine), operation, anySource(sha256), {
  host: '127.0.0.1',
  port: 0,
  demo: false,
});
process.on('message', async (asked) => {
  if (asked === 'idle') {
    await engine.supervisor.idle(signal);
    say({ kind: 'idle', moved: watching.moved(), at: performance.timeOrigin + performance.now() });
  }
  if (asked === 'end') {
    await watching.stop();
    await serving.close();
    await engine.close();
    process.disconnect();
  }
});
say({ kind: 'listening', url: serving.url });
