import { cacheBudget } from '#app/cache/budget';
import { type Engine, startEngine } from '#app/embedded/engine';
import { createExplainer } from '#app/embedded/explainer';
import { ensureModel, readFaultless, refuseFailing } from '#app/embedded/model';
import { serve } from '#app/embedded/serve';
import { openSources } from '#app/sources/open-sources';
import { messageOf } from '#lib/flow/errors';
import { identityHash } from '#lib/hash/keyed';
import { createMetrics } from '#lib/operation/metrics';
import { observers } from '#lib/operation/observers';
import { createReadiness } from '#lib/operation/readiness';
import { TOPICS } from '#schemas/topics';

const MODEL = 'model';

/** All services in this process, with its log at hand. */
export interface Everything {
  readonly engine: Engine;
  readonly url: string;
  close(): Promise<void>;
}

/** Opens them on a new folder, as `leadstream start` does. `fault` is told what a task waits for or has failed by. */
export async function openEverything(dir: string, fault: (text: string) => void): Promise<Everything> {
  const operation = { metrics: createMetrics({ deadLetters: TOPICS.deadLetters }), readiness: createReadiness() };
  const observer = observers(operation.metrics.observer, operation.readiness.observer, {
    paused: (task, error) => fault(`${task} waits: ${messageOf(error)}`),
    failed: (task, error) => fault(`${task} failed: ${messageOf(error)}`),
  });
  const identity = identityHash('');
  const engine = await startEngine({ dir, ticks: true, identity, cache: cacheBudget(undefined), threads: 0, observer });
  try {
    const model = await readFaultless(MODEL);
    await ensureModel(engine, model, new AbortController().signal, () => refuseFailing(MODEL));
    const sources = openSources({ named: undefined, data: dir });
    const listening = { host: '127.0.0.1', port: 0, demo: false };
    const serving = await serve(engine, createExplainer(engine), operation, sources, listening);
    return {
      engine,
      url: serving.url,
      async close() {
        await serving.close();
        await engine.close();
      },
    };
  } catch (error) {
    await engine.close();
    throw error;
  }
}
