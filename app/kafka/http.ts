import { randomUUID } from 'node:crypto';
import { dashboardOf } from '#app/embedded/dashboard';
import type { Explainer } from '#app/embedded/explainer';
import type { Instance } from '#app/kafka/instance';
import { systemClock } from '#lib/clock/system';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { createHttp } from '#lib/http/http';
import { addOperationRoutes, type Operation } from '#lib/operation/health';
import { createCollect } from '#services/collect/server';
import type { Sources } from '#services/collect/source';

export interface HttpParts {
  /** Who may report to collect; undefined: there is no collect here. */
  readonly sources: Sources | undefined;
  /** undefined: no dashboard here. */
  readonly explainer: Explainer | undefined;
  readonly host: string;
  readonly port: number;
  /** Where publishers' records go. */
  readonly log: Log;
  readonly onError: (error: unknown) => void;
}

/** Listens for publishers and people. Resolves when it answers. */
export async function listen(
  { clickhouse, subscribe }: Instance,
  { sources, explainer, host, port, log, onError }: HttpParts,
  operation: Operation,
): Promise<{ readonly url: string; close(): Promise<void> }> {
  const http = createHttp({ onError });
  operation.metrics.watchHttp(http);
  addOperationRoutes(http, operation);
  if (sources !== undefined) {
    const counted = operation.metrics.countPublished('collect', log);
    await http.register(createCollect({ log: counted, clock: systemClock, hash: sha256, uuid: randomUUID, sources }));
  }
  if (explainer !== undefined && clickhouse !== undefined) {
    await http.register(dashboardOf(clickhouse, explainer, subscribe));
  }
  const url = await http.listen({ host, port });
  return { url, close: () => http.close() };
}
