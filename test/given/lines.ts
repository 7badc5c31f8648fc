import { type Drive, drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { createHttp } from '#lib/http/http';
import { createCompiler } from '#lib/model/compile';
import { readModel, versionOf } from '#lib/model/files';
import type { ModelFiles } from '#lib/model/model';
import { type EventMessage, TOPICS } from '#schemas/topics';
import { createCollect } from '#services/collect/server';
import { anySource } from '#services/collect/source';
import { createPipeline, topologiesOf } from '#services/pipeline';
import { ANSWERING } from '#test/given/answering';
import type { ArrivingLine } from '#test/given/disturbed';
import { submitted } from '#test/given/identify';

const HOUR = 3_600_000;
/** Time goes by in steps of this, so that no step of a program is late. */
const TICK = 6 * HOUR;

export const compile = createCompiler();
export const shipped: ModelFiles = await readModel('model');

/** What collect writes of lines that it receives over HTTP, each at its time; refused ones are left out. */
export async function collected(lines: readonly ArrivingLine[]): Promise<readonly EventMessage[]> {
  const events: EventMessage[] = [];
  let now = 0;
  const publish = async (records: readonly { readonly topic: string; readonly value: unknown }[]) => {
    for (const { topic, value } of records) if (topic === TOPICS.events) events.push(value as EventMessage);
  };
  const http = createHttp();
  http.register(
    createCollect({
      log: { publish },
      clock: { now: () => now },
      hash: sha256,
      uuid: () => 'none',
      sources: anySource(sha256),
    }),
  );
  for (const { text, arrived } of lines) {
    now = arrived;
    const { type } = JSON.parse(text) as { readonly type: string };
    await http.inject({ method: 'POST', url: `/v1/${type}`, payload: text });
  }
  return events;
}

interface Living {
  readonly files?: ModelFiles;
  readonly partitions?: number;
  /** How many of score, stage and trigger follow identify; handoff comes after all of them. All unless told. */
  readonly folds?: 0 | 1;
}

/** All services that decide, in memory, while these events come in, live, each when it is received, and until `until` (ms). */
export function lived(
  events: readonly EventMessage[],
  until: number,
  { files = shipped, partitions = 1, folds }: Living = {},
): Drive {
  const running = inMemory(partitions, folds);
  let now = events[0]?.value.received_at ?? until;
  running.publish(TOPICS.events, submitted(files, now), now);
  const passes = (to: number) => {
    while (now + TICK < to) {
      now += TICK;
      running.tick(now);
    }
    now = to;
  };
  for (const message of events) {
    passes(message.value.received_at);
    running.publish(TOPICS.events, message, now);
  }
  passes(until);
  running.tick(until);
  return running;
}

/** The same over an import of these events, sorted by time, into an empty folder: it brings its own time. */
export function imported(events: readonly EventMessage[], files: ModelFiles = shipped): Drive {
  const running = inMemory(1);
  const own = events.flatMap((message) => (message.type === 'LeadEvent' ? [message.value] : []));
  const sorted = own.toSorted((a, b) => a.occurred_at - b.occurred_at);
  const [start = 0, end = 0] = [sorted[0]?.occurred_at, sorted.at(-1)?.occurred_at];
  const clock = end + 24 * HOUR;
  const model = { model_version: versionOf(files), files, received_at: start, own_time: true, import_id: 'import' };
  const begun = { import_id: 'import', received_at: start };
  running.publish(TOPICS.events, { type: 'ImportBegun', value: begun }, clock);
  running.publish(TOPICS.events, { type: 'ModelSubmitted', value: model }, clock);
  for (const one of sorted) {
    const value = { ...one, received_at: one.occurred_at, own_time: true, import_id: 'import' };
    running.publish(TOPICS.events, { type: 'LeadEvent', value }, clock);
  }
  const finished = { import_id: 'import', received_at: end, own_time: true };
  running.publish(TOPICS.events, { type: 'ImportFinished', value: finished }, clock);
  return running;
}

function inMemory(partitions: number, folds?: Living['folds']): Drive {
  const single = new Set<string>([TOPICS.events, TOPICS.deadLetters]);
  const pipeline = createPipeline({ hash: sha256, compile, partitions, tickEvery: 1000 });
  const topologies =
    folds === undefined
      ? topologiesOf({ ...pipeline, analyze: [] })
      : [pipeline.identify, ...pipeline.folds.slice(0, folds), ANSWERING];
  return drive(topologies, (topic) => (single.has(topic) ? 1 : partitions));
}
