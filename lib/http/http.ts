import { type FastifyInstance, fastify } from 'fastify';
import { FlowError } from '#lib/flow/errors';
import { refuse, unavailable } from '#lib/http/answer';

export interface HttpOptions {
  /** Largest body, bytes; a longer one is answered 413 and not read. */
  readonly bodyLimit?: number;
  /** Told of errors that are nobody's request's fault: bugs and outages. */
  readonly onError?: (error: unknown) => void;
}

/** Of a parameter in an address, characters: an id or a mail address. */
const LONGEST_PARAMETER = 1000;

/** 1 MB */
const BODY_LIMIT = 1_048_576;

/** An HTTP server whose handlers get every body as bytes, and whose refusals are all of one shape (Refusal). */
export function createHttp({ bodyLimit = BODY_LIMIT, onError }: HttpOptions = {}): FastifyInstance {
  const http = fastify({
    bodyLimit,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
  });
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  http.setNotFoundHandler((request, reply) =>
    refuse(reply, 404, 'not_found', `there is no ${request.method} ${request.url.split('?')[0]}`),
  );
  http.setErrorHandler((error, _request, reply) => {
    const status = statusOf(error);
    if (status < 500) return refuse(reply, status, REASONS.get(status) ?? 'bad_request', textOf(error, bodyLimit));
    onError?.(error);
    if (status === 503) return unavailable(reply, `nothing was stored, try again later: ${textOf(error, bodyLimit)}`);
    return refuse(reply, 500, 'internal', 'an internal error, nothing was answered: see the log of the server');
  });
  return http;
}

const REASONS: ReadonlyMap<number, string> = new Map([
  [413, 'too_large'],
  [415, 'unsupported_media_type'],
]);

function statusOf(error: unknown): number {
  if (error instanceof FlowError) return error.retriable || error.code === 'closed' ? 503 : 500;
  if (!(error instanceof Error) || !('statusCode' in error)) return 500;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : 500;
}

function textOf(error: unknown, bodyLimit: number): string {
  if (statusOf(error) === 413) return `the body is over ${bodyLimit} bytes: send less at once`;
  return error instanceof Error ? error.message : String(error);
}

/** A body as bytes; empty if there was none. */
export function bytesOf(body: unknown): Uint8Array {
  return body instanceof Uint8Array ? body : new Uint8Array();
}
