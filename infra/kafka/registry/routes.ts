import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { invalidLevel, invalidVersion } from './answer.ts';
import { Level } from './compatibility.ts';
import type { Subjects, Version } from './subjects.ts';

interface OfSubject {
  Params: { subject: string };
}
interface OfVersion {
  Params: { subject: string; version: string };
}

/** The part of https://docs.confluent.io/platform/current/schema-registry/develop/api.html that clients of Avro use. */
export function addRoutes(http: FastifyInstance, subjects: Subjects): void {
  http.get('/', () => ({}));
  http.get('/schemas/types', () => ['AVRO']);
  http.get<{ Params: { id: string } }>('/schemas/ids/:id', ({ params }) => {
    const { schema, references } = subjects.schema(params.id);
    return { schema, ...(references.length > 0 && { references }) };
  });

  http.get('/subjects', () => subjects.names());
  http.post<OfSubject>('/subjects/:subject', ({ params, body }) => versionAnswer(subjects.find(params.subject, body)));
  http.get<OfSubject>('/subjects/:subject/versions', ({ params }) =>
    subjects.versions(params.subject).map(({ version }) => version),
  );
  http.post<OfSubject>('/subjects/:subject/versions', ({ params, body }) => ({
    id: subjects.register(params.subject, body),
  }));
  http.get<OfVersion>('/subjects/:subject/versions/:version', ({ params }) =>
    versionAnswer(subjects.version(params.subject, readVersion(params.version))),
  );

  http.get('/config', () => ({ compatibilityLevel: subjects.level() }));
  http.put('/config', ({ body }) => {
    const compatibility = readLevel(body);
    subjects.setLevel(compatibility);
    return { compatibility };
  });
  http.get<OfSubject & { Querystring: { defaultToGlobal?: string } }>('/config/:subject', ({ params, query }) => ({
    compatibilityLevel: subjects.level(params.subject, query.defaultToGlobal === 'true'),
  }));
  http.put<OfSubject>('/config/:subject', ({ params, body }) => {
    const compatibility = readLevel(body);
    subjects.setLevel(compatibility, params.subject);
    return { compatibility };
  });

  http.post<OfSubject>('/compatibility/subjects/:subject/versions', ({ params, body }) =>
    verdict(subjects.test(params.subject, body)),
  );
  http.post<OfVersion>('/compatibility/subjects/:subject/versions/:version', ({ params, body }) =>
    verdict(subjects.test(params.subject, body, readVersion(params.version))),
  );
}

function versionAnswer({ subject, id, version, schema, references }: Version): object {
  return { subject, id, version, schema, ...(references.length > 0 && { references }) };
}

function verdict(messages: readonly string[]): object {
  return { is_compatible: messages.length === 0, ...(messages.length > 0 && { messages }) };
}

function readVersion(text: string): number | 'latest' {
  if (text === 'latest' || text === '-1') return 'latest';
  const version = z.coerce
    .number()
    .int()
    .positive()
    .max(2 ** 31 - 1)
    .safeParse(text);
  if (!version.success) throw invalidVersion(text);
  return version.data;
}

function readLevel(body: unknown): Level {
  const level = z.object({ compatibility: z.string().toUpperCase().pipe(Level) }).safeParse(body);
  if (!level.success) throw invalidLevel();
  return level.data.compatibility;
}
