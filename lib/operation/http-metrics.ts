import type { FastifyInstance } from 'fastify';
import { Counter, Histogram, type Registry } from 'prom-client';

/** Counts and times the requests of a server, by the route's pattern: an address that has none counts as `none`. */
export function httpMetrics(registry: Registry): (http: FastifyInstance) => void {
  const requests = new Counter({
    name: 'leadstream_http_requests_total',
    help: 'Requests that were answered',
    labelNames: ['route', 'status'] as const,
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'leadstream_http_seconds',
    help: 'Time from a request to its answer',
    labelNames: ['route'] as const,
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return (http) => {
    http.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'none';
      requests.inc({ route, status: reply.statusCode });
      seconds.observe({ route }, reply.elapsedTime / 1000);
      done();
    });
  };
}
