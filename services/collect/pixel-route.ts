import type { FastifyReply, FastifyRequest } from 'fastify';
import { FlowError } from '#lib/flow/errors';
import type { Intake } from '#services/collect/intake';
import { isJsonObject } from '#services/collect/json';
import { GIF, pixelCall } from '#services/collect/pixel';
import type { Sources } from '#services/collect/source';
import { writeKeyOf } from '#services/collect/write-key';

/**
 * Takes the call that an image's address stands for, and answers with the image whatever comes of it: pages and mails
 * show no error. In an outage the status is 503, with a key that is nobody's 401.
 */
export function pixel(
  intake: Intake,
  sources: Sources,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  return async (request, reply) => {
    const value = pixelCall(isJsonObject(request.query) ? request.query : {}, request.headers.referer);
    const source = sources.ofKey(writeKeyOf(request.headers.authorization, value));
    if (source === undefined) return image(reply.code(401));
    try {
      await intake.take([
        {
          value,
          source,
          client: { ip: request.ip, userAgent: request.headers['user-agent'] ?? null },
          origin: 'http /pixel.gif',
          original: () => new TextEncoder().encode(request.url),
        },
      ]);
    } catch (error) {
      if (!(error instanceof FlowError)) throw error;
      reply.code(503);
    }
    return image(reply);
  };
}

function image(reply: FastifyReply): FastifyReply {
  return reply.header('cache-control', 'no-store').type('image/gif').send(GIF);
}

/** Says that the image is there, and notes nothing: who asks so has seen no image (a scanner, a link checker). */
export async function pixelHead(_request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  return reply.header('cache-control', 'no-store').header('content-length', GIF.length).type('image/gif').send();
}
