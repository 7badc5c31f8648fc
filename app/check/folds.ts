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
    begin(tested, activities) {
      const world = drive(topologies(), () => 1);
      const story = playIn(world, tested, activities);
      return {
        at(until) {
          story.passTo(until);
          return resultOf(world, tested, models, activities[0]?.lead_id ?? '', until);
        },
      };
    },
  };
}

/** A story on its way; ticks come often enough that no step is late because of them. */
function playIn(world: Drive, { model, files }: TestedModel, activities: readonly Activity[]) {
  const pace = paceOf(model);
  let seq = 0;
  let next = 0;
  let addresses: readonly string[] = [];
  /** Logged time so far. */
  let time: number | undefined;

  const publish = (message: (seq: number) => ActivityMessage, lead: string | null) => {
    seq += 1;
    world.publish(TOPICS.activity, message(seq), 0, 0, lead);
  };
  const tick = (logged_at: number) => {
    publish((seq) => ({ type: 'Tick', value: { seq, logged_at, ...OF_NOBODY, import_id: null } }), null);
  };
  const begin = (logged_at: number) => {
    const { version: model_version } = model;
    const value = { logged_at, model_version, files, input_offset: 0, ...OF_NOBODY };
    publish((seq) => ({ type: 'ModelApplied', value: { seq, ...value } }), null);
    return logged_at;
  };
  const ticksTo = (target: number, from: number) => {
    for (let at = from + pace; at < target; at += pace) tick(at);
    return target;
  };
  const happens = (activity: Activity) => {
    const [address = ''] = activity.identifiers;
    if (isAddress(address) && !addresses.includes(address)) {
      addresses = [...addresses, address].sort();
      publish((seq) => ({ type: 'AddressesChanged', value: changed(activity, addresses, seq) }), activity.lead_id);
    }
    publish((seq) => ({ type: 'Activity', value: { ...activity, seq } }), activity.lead_id);
  };

  return {
    passTo(until: number): void {
      time ??= begin(Math.min(until, activities[0]?.logged_at ?? until));
      for (let activity = activities[next]; activity !== undefined; activity = activities[++next]) {
        if (activity.logged_at > until) break;
        time = ticksTo(activity.logged_at, time);
        happens(activity);
      }
      // Wake-ups run when logged time is greater than their due time.
      time = ticksTo(until + 1, time);
      tick(time);
    },
  };
}

const OF_NOBODY = { own_time: false, identity_key: null };

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
