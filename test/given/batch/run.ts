import { drive } from '#lib/flow/drive';
import { sharedState } from '#lib/flow/fold-level';
import { leadState } from '#lib/flow/leads';
import type { TableReader } from '#lib/flow/store';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { readModel } from '#lib/model/files';
import { type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { explain } from '#services/score/explain';
import type { LeadScore } from '#services/score/state';
import { createScoreTopology } from '#services/score/topology';
import { ANSWERING } from '#test/given/answering';
import { inSeq } from '#test/given/batch/in-seq';
import { DAY, HOUR, T0 } from '#test/given/event';
import { submitted } from '#test/given/identify';

const PARTITIONS = 2;
const shipped = await readModel('model');
const files = {
  ...shipped,
  'scoring.yaml': (shipped['scoring.yaml'] ?? '').replace(/^engine: \d+$/m, 'engine: 4'),
};
const compile = createCompiler();
const models = new Models(compile);
const SCORE = createScoreTopology({ compile, hash: sha256 });
const IDENTIFY = { hash: sha256, compile, partitions: PARTITIONS, tickEvery: 1000, importTickEvery: HOUR };

/** What identify and score make of events as they come in. */
export interface Streamed {
  /** lead.activity in the order of seq, each record for all once. */
  readonly activity: readonly ActivityMessage[];
  /** Score at a time, as known at the end, ms. */
  readonly scoreOf: (lead: string, at: number) => number;
  /** What identify holds at the end. */
  readonly identify: TableReader;
}

/** identify and score, both real, over events as they come in; a day later all is over. `kept`: activities of an identifier. */
export function streamed(events: readonly EventMessage[], kept = 10_000): Streamed {
  const topologies = [createIdentifyTopology({ ...IDENTIFY, kept }), SCORE, ANSWERING];
  const running = drive(topologies, (topic) =>
    topic === TOPICS.activity || topic === TOPICS.joins || topic === TOPICS.scores ? PARTITIONS : 1,
  );
  running.publish(TOPICS.events, submitted(files), T0);
  for (const message of events) running.publish(TOPICS.events, message, message.value.received_at);
  running.tick((events.at(-1)?.value.received_at ?? T0) + DAY);
  const tables = Array.from({ length: PARTITIONS }, (_, partition) => running.table('score', partition));
  return {
    activity: inSeq(running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage)),
    identify: running.table('identify', 0),
    scoreOf(lead, at) {
      const partition = Number.parseInt(lead.slice(0, 8), 16) % PARTITIONS;
      const table = tables[partition];
      if (table === undefined) throw new Error(`no partition has lead ${lead}`);
      const inForce = (sharedState(table, 0) as InForce | undefined) ?? NO_MODEL;
      return explain(leadState(table, 0, lead) as LeadScore | undefined, inForce, models, at).score;
    },
  };
}
