import { randomUUID } from 'node:crypto';
import type { ServeOptions, Serving } from '#app/cli/ports';
import { dashboardOf } from '#app/embedded/dashboard';
import type { Engine } from '#app/embedded/engine';
import type { Explainer } from '#app/embedded/explainer';
import { paced } from '#app/embedded/pace';
import { runDemo } from '#app/generator/demo';
import { systemClock } from '#lib/clock/system';
import { sha256 } from '#lib/hash/sha256';
import { createHttp } from '#lib/http/http';
import { addOperationRoutes, type Operation } from '#lib/operation/health';
import { lagOf, recordsBehind } from '#lib/operation/lag';
import { createCollect } from '#services/collect/server';
import { type Sources, withSource } from '#services/collect/source';

/** Listens for publishers and people. Resolves when the page answers. */
export async function serve(
  engine: Engine,
  explainer: Explainer,
  operation: Operation,
  sources: Sources,
  { host, port, demo }: ServeOptions,
): Promise<Serving & { close(): Promise<void> }> {
  const { metrics } = operation;
  metrics.watchLag(lagOf(() => engine.tasks, engine.log));
  metrics.watchLog(engine.log);
  metrics.watchClickHouse(engine.clickhouse);
  const http = createHttp();
  metrics.watchHttp(http);
  addOperationRoutes(http, operation);
  const counted = metrics.countPublished('collect', engine.log);
  const publish = paced(counted.publish, behind(engine), systemClock);
  const demoKey = randomUUID();
  await http.register(
    createCollect({
      log: { publish },
      clock: systemClock,
      hash: sha256,
      uuid: randomUUID,
      sources: demo ? withSource(sources, DEMO, demoKey) : sources,
    }),
  );
  await http.register(dashboardOf(engine.clickhouse, explainer, engine.subscribe));
  const url = await http.listen({ host, port });
  const stop = new AbortController();
  const playing = demo
    ? runDemo({
        baseUrl: url,
        writeKey: demoKey,
        signal: stop.signal,
        clock: systemClock,
        seed: systemClock.now() % 2 ** 31,
      })
    : Promise.resolve();
  return {
    url,
    failed: engine.failed,
    async close() {
      stop.abort();
      await playing;
      await http.close();
    },
  };
}

/** The source of made-up traffic. */
const DEMO = 'demo';

/** Events that wait for identify, and activities that wait for the folds, when publishers wait too. */
const MOST_EVENTS = 300;
const MOST_ACTIVITIES = 1500;

function behind({ identify, folds, log }: Engine): (onTheirWay: number) => Promise<boolean> {
  // Others pass an event whose moves take long: then its position says nothing of them.
  const isPassed = () => identify.positions()?.some(({ position }) => position.cursor > 0) === true;
  return async (onTheirWay) =>
    onTheirWay + (isPassed() ? 0 : await recordsBehind([identify], log)) > MOST_EVENTS ||
    (await recordsBehind(folds, log)) > MOST_ACTIVITIES;
}
