import { randomUUID } from 'node:crypto';
import type { ServeOptions, Serving } from '#app/cli/ports';
import { createDashboard } from '#app/dashboard/routes';
import type { Engine } from '#app/embedded/engine';
import type { Explainer } from '#app/embedded/explainer';
import { runDemo } from '#app/generator/demo';
import { systemClock } from '#lib/clock/system';
import { sha256 } from '#lib/hash/sha256';
import { createHttp } from '#lib/http/http';
import { createCollect } from '#services/collect/server';

/** Listens for publishers and people. Resolves when the page answers. */
export async function serve(
  engine: Engine,
  explainer: Explainer,
  { host, port, demo }: ServeOptions,
): Promise<Serving & { close(): Promise<void> }> {
  const http = createHttp();
  await http.register(createCollect({ log: engine.log, clock: systemClock, hash: sha256, uuid: randomUUID }));
  await http.register(
    createDashboard({
      query: (sql, params) => engine.clickhouse.rows(sql, params),
      explain: async (lead, at) => explainer.explain(lead, at ?? systemClock.now()),
      resolveLead: async (reference) => explainer.find(reference),
      subscribe: (listener) => engine.subscribe(listener),
      model: async () => explainer.models.current(explainer.inForce()),
      clock: systemClock,
    }),
  );
  http.get('/readyz', async (_request, reply) => {
    const lag = await engine.supervisor.lag();
    return reply.send({ status: 'ready', lag });
  });
  const url = await http.listen({ host, port });
  const stop = new AbortController();
  const playing = demo
    ? runDemo({ baseUrl: url, signal: stop.signal, clock: systemClock, seed: systemClock.now() % 2 ** 31 })
    : Promise.resolve();
  return {
    url,
    failed: engine.supervisor.failed,
    async close() {
      stop.abort();
      await playing;
      await http.close();
    },
  };
}
