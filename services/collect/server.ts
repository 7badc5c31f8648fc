import type { FastifyPluginCallback } from 'fastify';
import { CALL_TYPES } from '#services/collect/call';
import { createIntake, type IntakeDeps } from '#services/collect/intake';
import { pixel, pixelHead } from '#services/collect/pixel-route';
import { batchOfCalls, singleCall } from '#services/collect/routes';
import type { Sources } from '#services/collect/source';

export interface CollectDeps extends IntakeDeps {
  /** Who may report. */
  readonly sources: Sources;
}

/**
 * The publishers' way in, to be registered with an instance of createHttp. Answers success only for what is durably in
 * the log. What comes with a key that is nobody's is answered 401 and stored nowhere.
 */
export function createCollect(deps: CollectDeps): FastifyPluginCallback {
  const { sources } = deps;
  const intake = createIntake(deps);
  return (http, _options, done) => {
    // Pages of any site may report; no answer holds anything that is not public.
    http.addHook('onRequest', (_request, reply, next) => {
      reply.header('access-control-allow-origin', '*');
      next();
    });
    http.options('/v1/*', (_request, reply) =>
      reply
        .header('access-control-allow-methods', 'POST, OPTIONS')
        .header('access-control-allow-headers', 'authorization, content-type')
        .header('access-control-max-age', 86_400)
        .code(204)
        .send(),
    );
    for (const type of CALL_TYPES) http.post(`/v1/${type}`, singleCall(intake, sources, type));
    http.post('/v1/batch', batchOfCalls(intake, sources));
    http.head('/pixel.gif', pixelHead);
    http.get('/pixel.gif', pixel(intake, sources));
    done();
  };
}
