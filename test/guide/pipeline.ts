import { findLead } from '#app/embedded/person';
import { type Drive, drive } from '#lib/flow/drive';
import { leadItems, sharedState } from '#lib/flow/fold-level';
import { leadState } from '#lib/flow/leads';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { createHttp } from '#lib/http/http';
import { createCompiler } from '#lib/model/compile';
import { readModel, versionOf } from '#lib/model/files';
import { type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { ModelFiles } from '#lib/model/model';
import type { Handoff, StageMove } from '#schemas/generated/records';
import { type AnyMessage, TOPICS, type Topic } from '#schemas/topics';
import { publishModel } from '#services/collect/model';
import { createCollect } from '#services/collect/server';
import { anySource } from '#services/collect/source';
import { createPipeline, topologiesOf } from '#services/pipeline';
import { type Explained, explain, explainPublished, publishedAt } from '#services/score/explain';
import { type Outlook, outlook } from '#services/score/outlook';
import type { LeadScore } from '#services/score/state';

export const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

/** Monday, 2 March 2026, 09:00 UTC. */
const BEGINNING = Date.UTC(2026, 2, 2, 9);

/** The model in `model/`, as it ships. */
export const shippedModel: ModelFiles = await readModel('model');

/** What a publisher is answered. */
export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** A score to the last point, and whose it is. */
export interface LeadExplained extends Explained {
  readonly lead_id: string;
}

/**
 * All seven services, from the HTTP routes to the tables' rows, in memory. Only the log and the clock are stand-ins: time
 * stands still unless `passes` moves it, so a page of this manual lives through months in no time.
 */
export interface GuidePipeline {
  /** The present, ms since 1970 UTC. */
  now(): number;
  /** Time passes, a few hours at a time; what falls due happens on the way. */
  passes(ms: number): void;
  /** What any publisher does: POST, with a body in Segment's shape. */
  post(path: string, body: unknown): Promise<HttpAnswer>;
  /** Somebody gives a name and an address: an identify call. */
  meet(userId: string, email: string): Promise<void>;
  /** Somebody known does something, now: a track call. */
  track(userId: string, event: string, properties?: Readonly<Record<string, unknown>>): Promise<void>;
  /** Somebody known looks at a page, now: a page call. */
  view(userId: string, path: string): Promise<void>;
  /** Puts a model into force, as `leadstream apply` does. Resolves to its version. */
  apply(files: ModelFiles): Promise<string>;
  /** The records of a topic that are of one type, in order. */
  records<Type extends AnyMessage['type']>(topic: Topic, type: Type): readonly ValueOf<Type>[];
  /** Who has this userId, email, anonymousId or (also former) lead id. */
  leadId(reference: string): string;
  /** As known now; the time is the present unless told. */
  explain(reference: string, at?: number): LeadExplained;
  /** What had been published by then. */
  explainPublished(reference: string, at: number): LeadExplained;
  /** What the score will do from now on if nothing more happens. */
  outlook(reference: string): Outlook;
  stage(reference: string): string;
  /** Its way through the stages so far, in order. */
  moves(reference: string): readonly StageMove[];
  /** Each as program/step, and why it was not sent if it was not. */
  triggers(reference: string): readonly string[];
  handoffs(reference: string): readonly Handoff[];
}

type ValueOf<Type extends AnyMessage['type']> = Extract<AnyMessage, { readonly type: Type }>['value'];

/** `model` is in force from the beginning. */
export async function openPipeline(model: ModelFiles = shippedModel): Promise<GuidePipeline> {
  const compile = createCompiler();
  const models = new Models(compile);
  const topologies = topologiesOf(createPipeline({ hash: sha256, compile, partitions: 1, tickEvery: 1000 }));
  const running = drive(topologies, () => 1);
  let now = BEGINNING;
  let ids = 0;

  const log = publishedInto(running, () => now);
  const http = createHttp();
  const clock = { now: () => now };
  http.register(createCollect({ log, clock, hash: sha256, uuid: () => `event-${++ids}`, sources: anySource(sha256) }));

  async function post(path: string, body: unknown): Promise<HttpAnswer> {
    const { statusCode, payload } = await http.inject({ method: 'POST', url: path, payload: JSON.stringify(body) });
    return { status: statusCode, body: JSON.parse(payload) };
  }

  async function accepted(path: string, body: unknown): Promise<void> {
    const answer = await post(path, body);
    if (answer.status !== 200) throw new Error(`${path} was refused: ${JSON.stringify(answer.body)}`);
  }

  async function apply(files: ModelFiles): Promise<string> {
    await publishModel(log, files, versionOf(files), now);
    return versionOf(files);
  }

  function records<Type extends AnyMessage['type']>(topic: Topic, type: Type): readonly ValueOf<Type>[] {
    return running.records(topic).flatMap(({ value }) => (isOf(type, value) ? [value.value] : []));
  }

  const inForce = () => (sharedState(running.table('score', 0), 0) as InForce | undefined) ?? NO_MODEL;
  const scoreOf = (lead: string) => leadState(running.table('score', 0), 0, lead) as LeadScore | undefined;

  function leadId(reference: string): string {
    const met = (lead: string) => scoreOf(lead) !== undefined;
    const found = findLead(reference, running.table('identify', 0), met, sha256);
    if (found === undefined) throw new Error(`nobody is known as ${reference}`);
    return found;
  }

  await apply(model);
  return {
    now: () => now,
    passes(ms) {
      for (const end = now + ms; now < end; ) {
        now = Math.min(now + 6 * HOUR, end);
        running.tick(now);
      }
    },
    post,
    meet: (userId, email) => accepted('/v1/identify', { userId, traits: { email } }),
    track: (userId, event, properties = {}) => accepted('/v1/track', { userId, event, properties }),
    view: (userId, path) => accepted('/v1/page', { userId, properties: { path } }),
    apply,
    records,
    leadId,
    explain(reference, at = now) {
      const lead_id = leadId(reference);
      const items = leadItems(running.table('score', 0), 0, lead_id);
      return { lead_id, ...explain(scoreOf(lead_id), inForce(), models, at, items) };
    },
    explainPublished(reference, at) {
      const lead_id = leadId(reference);
      const own = records(TOPICS.scores, 'Scored').filter((one) => one.lead_id === lead_id && publishedAt(one) <= at);
      const explained = explainPublished(own, inForce(), models);
      if (explained === undefined) throw new Error(`nothing had been published of ${reference}`);
      return { lead_id, ...explained };
    },
    outlook: (reference) => outlook(scoreOf(leadId(reference)), inForce(), models, now),
    stage(reference) {
      const lead = leadId(reference);
      const last = records(TOPICS.stages, 'Staged').findLast(({ lead_id }) => lead_id === lead);
      return last?.stage_after ?? '';
    },
    moves(reference) {
      const lead = leadId(reference);
      return records(TOPICS.stages, 'Staged').flatMap(({ lead_id, moves }) => (lead_id === lead ? moves : []));
    },
    triggers(reference) {
      const lead = leadId(reference);
      return records(TOPICS.triggers, 'Trigger')
        .filter(({ lead_id }) => lead_id === lead)
        .map(({ program, step, suppressed_by: why }) => `${program}/${step}${why === null ? '' : ` (${why})`}`);
    },
    handoffs(reference) {
      const lead = leadId(reference);
      return records(TOPICS.handoffs, 'Handoff').filter(({ lead_id }) => lead_id === lead);
    },
  };
}

/** The log as publishers see it: what is published has gone through all services when `publish` resolves. */
function publishedInto(running: Drive, now: () => number): Pick<Log, 'publish'> {
  return {
    async publish(records) {
      for (const { topic, partition, key, value } of records) running.publish(topic, value, now(), partition, key);
    },
  };
}

function isOf<Type extends AnyMessage['type']>(
  type: Type,
  message: unknown,
): message is { readonly type: Type; readonly value: ValueOf<Type> } {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}
