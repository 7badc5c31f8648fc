import type { FastifyPluginCallback } from 'fastify';
import { createDashboard } from '#app/dashboard/routes';
import type { Explainer } from '#app/embedded/explainer';
import type { ClickHouse } from '#lib/clickhouse/client';
import { systemClock } from '#lib/clock/system';

/** The page over an installation's tables, wherever its services run. */
export function dashboardOf(
  clickhouse: Pick<ClickHouse, 'rows'>,
  explainer: Explainer,
  subscribe: (listener: () => void) => () => void,
): FastifyPluginCallback {
  return createDashboard({
    query: (sql, params) => clickhouse.rows(sql, params),
    explain: async (lead, at) => explainer.explain(lead, at ?? systemClock.now()),
    outlook: async (lead, at) => explainer.outlook(lead, at),
    curve: async (lead, at) => explainer.curve(lead, at),
    resolveLead: async (reference) => explainer.find(reference),
    subscribe,
    model: async () => explainer.models.current(explainer.inForce()),
    clock: systemClock,
  });
}
