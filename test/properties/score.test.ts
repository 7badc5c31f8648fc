import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sharedState } from '#lib/flow/fold-level';
import { leadState } from '#lib/flow/leads';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { readModel } from '#lib/model/files';
import { type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { Activity } from '#schemas/generated/records';
import { type ActivityMessage, type EventMessage, type ScoreMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { explain, explainPublished } from '#services/score/explain';
import type { LeadScore } from '#services/score/state';
import { createScoreTopology } from '#services/score/topology';
import { ANSWERING } from '#test/given/answering';
import { AFTERWARDS, DAY, HOUR, T0 } from '#test/given/event';
import { histories } from '#test/given/history';
import { submitted } from '#test/given/identify';
import { inOwnTime } from '#test/given/own-time';
import { publishedScore } from '#test/given/published-points';

const files = await readModel('model');
const compile = createCompiler();
const models = new Models(compile);
const topologies = [
  createIdentifyTopology({ hash: sha256, compile, partitions: 1, tickEvery: 1000, importTickEvery: HOUR }),
  createScoreTopology({ compile, hash: sha256 }),
  ANSWERING,
];

/** identify and score over a history; what they know of each lead at its end. */
function run(history: readonly EventMessage[]) {
  const running = drive(topologies, () => 1);
  const messages = inOwnTime([submitted(files), ...history]);
  for (const message of messages) running.publish(TOPICS.events, message, AFTERWARDS);
  const owned = new Map<string, Map<string, Activity>>();
  const of = (lead: string) => owned.get(lead) ?? owned.set(lead, new Map()).get(lead) ?? new Map<string, Activity>();
  let end = T0;
  for (const { value: record } of running.records(TOPICS.activity)) {
    const { type, value } = record as ActivityMessage;
    end = value.logged_at;
    if (type === 'Activity') of(value.lead_id).set(value.event_id, value);
    if (type === 'MovedOut') of(value.lead_id).delete(value.event_id);
  }
  const table = running.table('score', 0);
  const inForce = (sharedState(table, 0) as InForce | undefined) ?? NO_MODEL;
  const published = running
    .records(TOPICS.scores)
    .flatMap(({ value }) =>
      (value as ScoreMessage).type === 'Scored' ? [(value as Extract<ScoreMessage, { type: 'Scored' }>).value] : [],
    );
  return {
    owned,
    end,
    inForce,
    published,
    stateOf: (lead: string) => leadState(table, 0, lead) as LeadScore | undefined,
  };
}

test('the score at any time is what the published points give on the set of activities', () => {
  fc.assert(
    fc.property(histories(false), fc.integer({ min: -10, max: 500 }), (history, days) => {
      const { owned, end, inForce, stateOf } = run(history);
      for (const [lead, activities] of owned) {
        const at = end + days * DAY;
        const { score, contributions } = explain(stateOf(lead), inForce, models, at);
        expect(score).toBeCloseTo(publishedScore([...activities.values()], at), 8);
        expect(contributions.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(score, 9);
      }
    }),
    { numRuns: 300 },
  );
});

test('each record says the score just before and after it, and the next one goes on from there', () => {
  fc.assert(
    fc.property(histories(false), (history) => {
      const { published } = run(history);
      for (const { score } of published) {
        const change = [...score.added, ...score.removed.map((one) => ({ ...one, points: -one.points }))];
        expect(score.before + change.reduce((sum, { points }) => sum + points, 0)).toBeCloseTo(score.after, 8);
      }
    }),
    { numRuns: 200 },
  );
});

test('what was published adds up to what was published last', () => {
  fc.assert(
    fc.property(histories(false), (history) => {
      const { published, inForce } = run(history);
      for (const lead of new Set(published.map(({ lead_id }) => lead_id))) {
        const own = published.filter(({ lead_id }) => lead_id === lead);
        expect(explainPublished(own, inForce, models)?.score).toBeCloseTo(own.at(-1)?.score.after ?? 0, 9);
      }
    }),
    { numRuns: 200 },
  );
});

test('scores do not depend on the order in which events arrive', () => {
  fc.assert(
    fc.property(
      histories(false, 20).chain((history) =>
        fc.tuple(fc.constant(history), fc.shuffledSubarray([...history], { minLength: history.length })),
      ),
      ([history, shuffled]) => {
        const last = Math.max(T0, ...history.map(({ value }) => value.received_at));
        const late = shuffled.map(
          (message) => ({ ...message, value: { ...message.value, received_at: last } }) as EventMessage,
        );
        const inOrder = run(history);
        const anyOrder = run(late);
        for (const [lead, activities] of inOrder.owned) {
          if (activities.size === 0) continue;
          const at = last + DAY;
          expect(explain(anyOrder.stateOf(lead), anyOrder.inForce, models, at).score).toBe(
            explain(inOrder.stateOf(lead), inOrder.inForce, models, at).score,
          );
        }
      },
    ),
    { numRuns: 200 },
  );
});
