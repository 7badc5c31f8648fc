import type { FastifyInstance } from 'fastify';
import type { Refusal } from '#lib/http/answer';
import { heldText } from '#lib/operation/held-text';
import type { Metrics } from '#lib/operation/metrics';
import type { Readiness } from '#lib/operation/readiness';
import type { TaskStatus } from '#lib/operation/task-states';

export interface Operation {
  readonly readiness: Readiness;
  readonly metrics: Metrics;
}

/**
 * Adds what those who run a service ask it: `/healthz`, 503 if a task has failed for good, so that nothing but a restart
 * helps; `/readyz`, 503 with what is not ready and how far it is; `/metrics`, Prometheus's text.
 */
export function addOperationRoutes(http: FastifyInstance, { readiness, metrics }: Operation): void {
  http.get('/healthz', (_request, reply) => {
    const failed = readiness.report().notOpen.filter(({ state }) => state === 'failed');
    if (failed.length === 0) return reply.send({ status: 'ok' });
    return reply.code(503).send({ success: false, reason: 'failed', detail: detailOf(failed) } satisfies Refusal);
  });

  http.get('/readyz', (_request, reply) => {
    const { ready, tasks, waitingFor, notOpen, held } = readiness.report();
    if (ready) return reply.send({ status: 'ready', tasks, ...(held.length > 0 ? { held: heldBy(held) } : {}) });
    const refusal: Refusal = { success: false, reason: 'not_ready', detail: detailOf(notOpen, waitingFor) };
    return reply.code(503).send({ ...refusal, waitingFor, tasks: notOpen });
  });

  http.get('/metrics', async (_request, reply) =>
    reply.header('content-type', metrics.contentType).send(await metrics.text()),
  );
}

/** What a person reads of who waits for which partition since when. */
function heldBy(tasks: readonly TaskStatus[]): readonly string[] {
  return tasks.flatMap(({ task, held = [] }) => held.map((by) => `${task} ${heldText(by)}`));
}

function detailOf(tasks: readonly TaskStatus[], waitingFor: readonly string[] = []): string {
  return [...waitingFor.map((reason) => `waits for ${reason}`), ...tasks.map(textOf)].join('; ');
}

function textOf({ task, state, restored, error, retryInMs }: TaskStatus): string {
  if (state === 'restoring') return `${task} is restoring: ${restored?.done ?? 0} of ${restored?.total ?? 0} records`;
  if (state === 'paused') return `${task} is paused, tries again after ${retryInMs ?? 0} ms: ${error ?? ''}`;
  if (state === 'failed') return `${task} has failed: ${error ?? ''}`;
  return `${task} is ${state}`;
}
