import type { HarnessRun, ModelHarness, TestedModel } from '#app/check/harness';
import { type Drive, drive } from '#lib/flow/drive';
import { leadItems, sharedState } from '#lib/flow/fold-level';
import { leadState } from '#lib/flow/leads';
import type { Hash } from '#lib/flow/ports';
import { type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel, Model } from '#lib/model/model';
import type { Activity, AddressesChanged, Staged, Trigger } from '#schemas/generated/records';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { isAddress } from '#services/identify/identifier';
import { explain, NOTHING_EXPLAINED } from '#services/score/explain';
import type { LeadScore } from '#services/score/state';
import { createScoreTopology } from '#services/score/topology';
import { createStageTopology } from '#services/stage/topology';
import { createTriggerTopology } from '#services/trigger/topology';

const MINUTE = 60_000;
const DAY = 1_440 * MINUTE;

/** Place of the score fold in its task. */
const SCORE = 0;

/** The pipeline's own folds, driven in memory: a test sees what the running services would do. */
export function createFoldHarness(deps: { readonly compile: CompileModel; readonly hash: Hash }): ModelHarness {
  const models = new Models(deps.compile);
  const topologies = () => [createScoreTopology(deps), createStageTopology(deps), createTriggerTopology(deps)];
  return {
    run(tested, activities, until) {
      const world = drive(topologies(), () => 1);
      play(world, tested, activities, until);
      return resultOf(world, tested, models, activities[0]?.lead_id ?? '', until);
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
      value: {
        seq,
        logged_at: beginning,
        model_version: model.version,
        files,
        input_offset: 0,
        own_time: false,
        identity_key: null,
      },
    }),
    null,
  );
  const pace = paceOf(model);
  let time = beginning;
  const passTo = (target: number) => {
    for (time += pace; time < target; time += pace) {
      const logged_at = time;
      publish(
        ({ seq }) => ({
          type: 'Tick',
          value: { seq, logged_at, own_time: false, identity_key: null, import_id: null },
        }),
        null,
      );
    }
    time = target;
  };
  let addresses: readonly string[] = [];
  for (const activity of activities) {
    passTo(activity.logged_at);
    const [address = ''] = activity.identifiers;
    if (isAddress(address) && !addresses.includes(address)) {
      addresses = [...addresses, address].sort();
      publish(({ seq }) => ({ type: 'AddressesChanged', value: changed(activity, addresses, seq) }), activity.lead_id);
    }
    publish(({ seq }) => ({ type: 'Activity', value: { ...activity, seq } }), activity.lead_id);
  }
  // Wake-ups run when logged time is greater than their due time.
  passTo(until + 1);
  publish(
    ({ seq }) => ({
      type: 'Tick',
      value: { seq, logged_at: until + 1, own_time: false, identity_key: null, import_id: null },
    }),
    null,
  );
}

/** All addresses that a test names are its lead's, each from where it is first named on. */
function changed(
  { lead_id, logged_at, event_id, input_offset }: Activity,
  addresses: readonly string[],
  seq: number,
): AddressesChanged {
  return { seq, logged_at, lead_id, addresses, cause_event_id: event_id, input_offset };
}

function paceOf(model: Model): number {
  const latest = model.programs.flatMap(({ steps }) => steps.map(({ maxLateness }) => maxLateness));
  return Math.max(MINUTE, Math.min(DAY, ...latest));
}

/** What `explain` says of the lead, and what was decided about it. */
function resultOf(world: Drive, { model }: TestedModel, models: Models, lead: string, until: number): HarnessRun {
  const table = world.table('score', 0);
  const state = leadState(table, SCORE, lead) as LeadScore | undefined;
  const inForce = (sharedState(table, SCORE) as InForce | undefined) ?? NO_MODEL;
  const explainedAt = (time: number) =>
    state === undefined
      ? { at: time, ...NOTHING_EXPLAINED }
      : explain(state, inForce, models, time, leadItems(table, SCORE, lead));
  const { grade, disqualified } = explainedAt(until);
  const staged = world
    .records(TOPICS.stages)
    .flatMap(({ value }) => (isOf<Staged>('Staged', value) ? [value.value] : []));
  const triggers = world
    .records(TOPICS.triggers)
    .flatMap(({ value }) => (isOf<Trigger>('Trigger', value) ? [value.value] : []));
  return {
    scoreAt: (time) => explainedAt(time).score,
    grade,
    disqualified,
    stage: staged.at(-1)?.stage_after ?? model.stages.initial,
    triggers,
  };
}

function isOf<Value>(type: string, message: unknown): message is { readonly type: string; readonly value: Value } {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}
