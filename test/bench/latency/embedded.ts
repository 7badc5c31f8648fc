import { cacheBudget } from '#app/cache/budget';
import { startEngine } from '#app/embedded/engine';
import { createExplainer } from '#app/embedded/explainer';
import { ensureModel, readFaultless, refuseFailing } from '#app/embedded/model';
import { serve } from '#app/embedded/serve';
import { openSources } from '#app/sources/open-sources';
import { identityHash } from '#lib/hash/keyed';
import { createMetrics } from '#lib/operation/metrics';
import { observers } from '#lib/operation/observers';
import { createReadiness } from '#lib/operation/readiness';
import { TOPICS } from '#schemas/topics';
import { sample } from '#test/bench/latency/sample';

/** Everything in this process, as `leadstream start` puts it together. */
export async function measureEmbedded(dir: string, samples: number): Promise<void> {
  const operation = { metrics: createMetrics({ deadLetters: TOPICS.deadLetters }), readiness: createReadiness() };
  const observer = observers(operation.metrics.observer, operation.readiness.observer);
  const engine = await startEngine({
    dir,
    ticks: true,
    identity: identityHash(''),
    cache: cacheBudget(undefined),
    observer,
  });
  try {
    const model = await readFaultless('model');
    await ensureModel(engine, model, new AbortController().signal, () => refuseFailing('model'));
    const listening = { host: '127.0.0.1', port: 0, demo: false };
    const sources = openSources({ named: undefined, data: dir });
    const serving = await serve(engine, createExplainer(engine), operation, sources, listening);
    try {
      await sample('embedded', serving.url, engine.log, samples);
    } finally {
      await serving.close();
    }
  } finally {
    await engine.close();
  }
}
