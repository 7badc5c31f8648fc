import type { HarnessRun, ModelHarness, TestedModel } from '#app/check/harness';
import { type Drive, drive } from '#lib/flow/drive';
import type { Hash } from '#lib/flow/ports';
import type { CompileModel, Model } from '#lib/model/model';
import type { Activity, Contribution, Scored, Staged, Trigger } from '#schemas/generated/records';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { COUNTS_FOR } from '#services/score/contributions';
import { createScoreTopology } from '#services/score/topology';
import { createStageTopology } from '#services/stage/topology';
import { createTriggerTopology } from '#services/trigger/topology';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** The pipeline's own folds, driven in memory: a test sees what the running services would do. */
export function createFoldHarness(deps: { readonly compile: CompileModel; readonly hash: Hash }): ModelHarness {
  const topologies = () => [createScoreTopology(deps), createStageTopology(deps), createTriggerTopology(deps)];
  return {
    run(tested, activities, until) {
      const world = drive(topologies(), () => 1);
      play(world, tested, activities, until);
      return resultOf(world, tested.model);
    },
  };
}

/** Ticks come often enough that no step is late because of them. */
function play(world: Drive, { model, files }: TestedModel, activities: readonly Activity[], until: number): void {
  let seq = 0;
  const publish = (message: (place: { readonly seq: number }) => ActivityMessage, lead: string | null) => {
    seq += 1;
    world.publish(TOPICS.activity, message({ seq }), 0, 0, lead);
  };
  const beginning = activities[0]?.logged_at ?? until;
  publish(
    ({ seq }) => ({
      type: 'ModelApplied',
      value: { seq, logged_at: beginning, model_version: model.version, files, input_offset: 0, own_time: false },
    }),
    null,
  );
  const pace = paceOf(model);
  let time = beginning;
  const passTo = (target: number) => {
    for (time += pace; time < target; time += pace) {
      const logged_at = time;
      publish(({ seq }) => ({ type: 'Tick', value: { seq, logged_at, own_time: false } }), null);
    }
    time = target;
  };
  for (const activity of activities) {
    passTo(activity.logged_at);
    publish(({ seq }) => ({ type: 'Activity', value: { ...activity, seq } }), activity.lead_id);
  }
  // Wake-ups run when logged time is greater than their due time.
  passTo(until + 1);
  publish(({ seq }) => ({ type: 'Tick', value: { seq, logged_at: until + 1, own_time: false } }), null);
}

function paceOf(model: Model): number {
  const latest = model.programs.flatMap(({ steps }) => steps.map(({ maxLateness }) => maxLateness));
  return Math.max(MINUTE, Math.min(DAY, ...latest));
}

function resultOf(world: Drive, model: Model): HarnessRun {
  const scored = world
    .records(TOPICS.scores)
    .flatMap(({ value }) => (isOf<Scored>('Scored', value) ? [value.value] : []));
  const staged = world
    .records(TOPICS.stages)
    .flatMap(({ value }) => (isOf<Staged>('Staged', value) ? [value.value] : []));
  const triggers = world
    .records(TOPICS.triggers)
    .flatMap(({ value }) => (isOf<Trigger>('Trigger', value) ? [value.value] : []));
  const counted = new Map<string, Contribution>();
  for (const { score } of scored) {
    for (const { event_id, rule } of score.removed) counted.delete(`${event_id} ${rule}`);
    for (const contribution of score.added) counted.set(`${contribution.event_id} ${contribution.rule}`, contribution);
  }
  return {
    scoreAt: (time) => sumAt([...counted.values()], time, model),
    grade: scored.at(-1)?.grade ?? '',
    disqualified: scored.at(-1)?.disqualified ?? null,
    stage: staged.at(-1)?.stage_after ?? model.stages.initial,
    triggers,
  };
}

function sumAt(contributions: readonly Contribution[], time: number, model: Model): number {
  return contributions
    .filter(({ occurred_at, rule }) => {
      const counts = model.scoring.rule(rule)?.expiresAfter ?? COUNTS_FOR;
      return occurred_at <= time && time - occurred_at <= counts;
    })
    .reduce((sum, { rule, raw, occurred_at }) => {
      const halfLife = model.scoring.rule(rule)?.halfLife ?? Number.POSITIVE_INFINITY;
      return sum + raw * model.scoring.decay(time - occurred_at, halfLife);
    }, 0);
}

function isOf<Value>(type: string, message: unknown): message is { readonly type: string; readonly value: Value } {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}
