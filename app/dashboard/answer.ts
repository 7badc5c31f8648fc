import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Refusal } from '#app/dashboard/api';
import { problemOf } from '#app/dashboard/input';
import { messageOf } from '#lib/flow/errors';

/** Thrown by a route for a lead that nobody knows. */
export class UnknownLead extends Error {
  constructor(reference: string) {
    super(`no lead is known as ${JSON.stringify(reference)}: give a lead id, an email or a userId`);
    this.name = 'UnknownLead';
  }
}

/** Thrown for an input that is not understood. */
export class WrongInput extends Error {}

/** Checks what came with a request; what does not fit becomes a 400. */
export function parse<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const result = schema.safeParse(input);
  if (!result.success) throw new WrongInput(problemOf(result.error));
  return result.data;
}

/** One plain line for anything that a route threw. */
export function refuse(thrown: unknown, reply: FastifyReply): FastifyReply {
  const [status, error] = statusOf(thrown);
  const body: Refusal = { error };
  return reply.code(status).header('cache-control', 'no-store').send(body);
}

function statusOf(thrown: unknown): readonly [number, string] {
  if (thrown instanceof WrongInput) return [400, thrown.message];
  if (thrown instanceof UnknownLead) return [404, thrown.message];
  if (thrown instanceof z.ZodError) return [500, `a table's row is not as expected: ${problemAt(thrown)}`];
  return [503, `the numbers cannot be read right now, try again: ${messageOf(thrown).split('\n')[0]}`];
}

function problemAt(error: z.ZodError): string {
  const issue = error.issues[0];
  return issue === undefined ? 'unknown' : `${issue.path.join('.')}: ${issue.message}`;
}
