import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import { parse, refuse, UnknownLead } from '#app/dashboard/answer';
import { createAssets } from '#app/dashboard/assets';
import { createFeed } from '#app/dashboard/feed';
import { readFunnel } from '#app/dashboard/funnel';
import { readHandoffs } from '#app/dashboard/handoffs';
import { explainQuery, leadParams, leadQuery, leadsQuery, newest, timelineQuery } from '#app/dashboard/input';
import { explainedInPart } from '#app/dashboard/largest';
import { readLeadPage } from '#app/dashboard/lead-page';
import { readLead, searchLeads } from '#app/dashboard/leads';
import type { DashboardPorts } from '#app/dashboard/ports';
import { createSnapshotReader } from '#app/dashboard/snapshot';
import { createStreams } from '#app/dashboard/stream';
import { readTimeline } from '#app/dashboard/timeline';
import { readTriggers } from '#app/dashboard/triggers';

/** Nothing but the page's own files and API; no inline script or style. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The page at `/`, what it reads at `/api/…`, and its live stream. Register it on a fastify server. */
export function createDashboard(ports: DashboardPorts): FastifyPluginAsync {
  return async (app) => {
    app.setErrorHandler((thrown, _request, reply) => refuse(thrown, reply));
    app.addHook('onSend', async (_request, reply) => {
      reply.headers({ 'x-content-type-options': 'nosniff', 'referrer-policy': 'same-origin' });
    });
    addPage(app);
    addTotals(app, ports);
    addLeads(app, ports);
  };
}

function addPage(app: FastifyInstance): void {
  const assets = createAssets();
  for (const path of assets.paths) {
    app.get(path, async (request, reply) => {
      const asset = await assets.load(path);
      reply.headers({ etag: asset.etag, 'cache-control': 'no-cache', 'content-security-policy': POLICY });
      if (request.headers['if-none-match'] === asset.etag) return reply.code(304).send();
      return reply.type(asset.type).send(asset.body);
    });
  }
}

function addTotals(app: FastifyInstance, ports: DashboardPorts): void {
  const reader = createSnapshotReader(ports);
  const feed = createFeed(() => reader.snapshot(), ports.subscribe);
  const streams = createStreams(feed);
  app.addHook('preClose', async () => {
    streams.close();
    feed.close();
  });
  app.get('/api/funnel', () => readFunnel(ports.query));
  app.get('/api/triggers', ({ query }) => readTriggers(ports, parse(newest, query).limit));
  app.get('/api/handoffs', ({ query }) => readHandoffs(ports, parse(newest, query).limit));
  app.get('/api/stats', () => reader.stats());
  app.get('/api/stream', { exposeHeadRoute: false }, (_request, reply) => {
    reply.hijack();
    streams.open(reply.raw);
  });
}

function addLeads(app: FastifyInstance, ports: DashboardPorts): void {
  const resolve = async (params: unknown) => {
    const { lead } = parse(leadParams, params);
    const found = await ports.resolveLead(lead);
    if (found === undefined) throw new UnknownLead(lead);
    return found;
  };
  app.get('/api/leads', async ({ query }) => {
    const wanted = parse(leadsQuery, query);
    const rows = await searchLeads(ports, wanted);
    if (rows.length > 0 || wanted.search === '') return rows;
    const other = await ports.resolveLead(wanted.search);
    const row = other === undefined ? undefined : await readLead(ports, other);
    return row === undefined || (wanted.stage !== '' && row.stage !== wanted.stage) ? [] : [row];
  });
  app.get('/api/leads/:lead', async ({ params, query }) => {
    const { limit } = parse(leadQuery, query);
    const lead = await resolve(params);
    const page = await readLeadPage(ports, lead, limit);
    if (page === undefined) throw new UnknownLead(lead);
    return page;
  });
  app.get('/api/leads/:lead/timeline', async ({ params, query }) => {
    const { limit } = parse(timelineQuery, query);
    return readTimeline(ports.query, await resolve(params), limit);
  });
  app.get('/api/leads/:lead/explain', async ({ params, query }) => {
    const { at, limit } = parse(explainQuery, query);
    const lead = await resolve(params);
    const explanation = await ports.explain(lead, at);
    if (explanation === undefined) throw new UnknownLead(lead);
    return explainedInPart(explanation, limit);
  });
}
