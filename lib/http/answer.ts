import type { FastifyReply } from 'fastify';

/** An answer that something was not done. `detail`: one plain line, what is wrong and what to do. */
export interface Refusal {
  readonly success: false;
  readonly reason: string;
  readonly detail: string;
}

export function refuse(reply: FastifyReply, status: number, reason: string, detail: string): FastifyReply {
  return reply.code(status).send({ success: false, reason, detail: detail.replace(/\s+/g, ' ') } satisfies Refusal);
}

/** How long a client should wait after an outage, in seconds. */
const RETRY_AFTER = 5;

/** Nothing was stored; the same request may succeed later. */
export function unavailable(reply: FastifyReply, detail: string): FastifyReply {
  return refuse(reply.header('retry-after', RETRY_AFTER), 503, 'unavailable', detail);
}
