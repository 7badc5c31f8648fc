import { type FastifyInstance, fastify } from 'fastify';
import { KafkaFailure } from '../failure.ts';
import { RegistryError } from './answer.ts';
import { noJournal, openJournal } from './journal.ts';
import { addRoutes } from './routes.ts';
import { openSubjects } from './subjects.ts';

export interface RegistryOptions {
  /** 0 takes any free one. */
  readonly port: number;
  /** 127.0.0.1 unless given. */
  readonly host?: string;
  /** Keeps what was registered, as lines of JSON, for the next start; without it everything ends with the process. */
  readonly file?: string;
}

export interface Registry {
  /** http://host:port */
  readonly url: string;
  close(): Promise<void>;
}

const MEDIA_TYPE = 'application/vnd.schemaregistry.v1+json';

/**
 * A stand-in for Confluent's schema registry, for one machine: the HTTP contract that clients of Avro use, without
 * authentication, deletion or other schema languages. Throws KafkaFailure when its port is taken.
 */
export async function startRegistry({ port, host = '127.0.0.1', file }: RegistryOptions): Promise<Registry> {
  const journal = file === undefined ? noJournal() : openJournal(file);
  const http = createServer();
  addRoutes(http, openSubjects(journal));
  http.addHook('onClose', () => journal.close());
  try {
    return { url: await http.listen({ port, host }), close: () => http.close() };
  } catch (error) {
    await http.close();
    if (!(error instanceof Error && 'code' in error && error.code === 'EADDRINUSE')) throw error;
    throw new KafkaFailure(
      `port ${port} of ${host}, for the schema registry, is in use: stop what uses it or choose another port`,
      { cause: error },
    );
  }
}

function createServer(): FastifyInstance {
  const http = fastify({ forceCloseConnections: true, routerOptions: { maxParamLength: 1000 } });
  http.removeAllContentTypeParsers();
  http.addContentTypeParser('*', { parseAs: 'string' }, (_request, text, done) => {
    try {
      done(null, text === '' ? undefined : JSON.parse(String(text)));
    } catch {
      done(new RegistryError(400, 400, 'the body is not JSON'));
    }
  });
  http.addHook('onRequest', async (_request, reply) => void reply.type(MEDIA_TYPE));
  http.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error_code: 404, message: 'HTTP 404 Not Found' }),
  );
  http.setErrorHandler((error, _request, reply) => {
    const { status, code, message } =
      error instanceof RegistryError ? error : new RegistryError(500, 50001, String(error));
    return reply.code(status).type(MEDIA_TYPE).send({ error_code: code, message });
  });
  return http;
}
