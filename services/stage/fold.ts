import type { Fold, Step, StepContext } from '#lib/flow/fold';
import { applied, type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel, Model } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import type { Activity, Personal, Scored, Staged, StageMove } from '#schemas/generated/records';
import type { ScoreMessage, StageMessage } from '#schemas/topics';
import { climb, patienceOf } from '#services/stage/climb';
import { type LeadStage, NOBODY } from '#services/stage/state';
import { storyOf, withActivity, withoutActivity } from '#services/stage/story';

type Context = StepContext<InForce>;
type Result = Step<LeadStage, StageMessage>;

/**
 * stage: lead.scores → lead.stages. Stages are judged at live and historic activities and at wake-ups, never at moved
 * ones: the next of those is judged on the whole score. What was decided stays decided.
 */
export function createStageFold({
  compile,
}: {
  readonly compile: CompileModel;
}): Fold<LeadStage, ScoreMessage, StageMessage, InForce> {
  const models = new Models(compile);

  function onScored(before: LeadStage | undefined, scored: Scored, context: Context): Result {
    const model = models.current(context.shared);
    if (scored.cause === 'merged') return forget(before, scored, context);
    const met = before ?? newcomer(model);
    const observed = observe(met, scored, model, context.loggedAt);
    const { activity } = scored;
    const judged = model !== undefined && (scored.cause === 'wake' || (activity !== null && activity.cause !== 'move'));
    const moves = !judged
      ? []
      : climb(
          {
            stage: observed.stage,
            known: observed.known,
            score: observed.score,
            subject: activity === null ? undefined : subjectOf(activity),
            quietSince: observed.quiet?.since,
            at: scored.at,
          },
          model.stages,
        );
    const after = { ...observed, stage: moves.at(-1)?.to_stage ?? observed.stage };
    return {
      state: after,
      emit: [
        staged(context, before, after, moves, {
          scored,
          cause_id: scored.cause_id,
          at: scored.at,
          historic: scored.historic,
        }),
      ],
      wakeAt: wakeAt(after, model),
    };
  }

  /** What a scored record tells of a lead, before its stage is judged. */
  function observe(lead: LeadStage, scored: Scored, model: Model | undefined, loggedAt: number): LeadStage {
    const { activity, moved_out, score } = scored;
    const changed = score.added.length > 0 || score.removed.length > 0;
    const base = { ...lead, score: score.after, reasons: changed ? score.reasons : lead.reasons };
    if (moved_out !== null) return { ...base, recent: withoutActivity(lead.recent, moved_out.event_id) };
    if (activity === null) return base;
    const { occurred_at, cause } = activity;
    const own = model?.stages.isOwn(activity.name) ?? false;
    const newest = own && occurred_at >= (lead.quiet?.since ?? Number.NEGATIVE_INFINITY);
    return {
      ...base,
      known: activity.known,
      personal: known(lead.personal, activity),
      recent: withActivity(lead.recent, activity, () => subjectOf(activity).properties),
      quiet: newest ? { since: occurred_at, setAt: loggedAt, historic: cause !== 'live' } : lead.quiet,
    };
  }

  function forget(before: LeadStage | undefined, scored: Scored, context: Context): Result {
    const gone = { scored, cause_id: scored.cause_id, at: scored.at, historic: true };
    return { state: undefined, emit: [staged(context, before, undefined, [], gone)] };
  }

  return {
    name: 'stage',
    describe: ({ type, value }) => ({
      key: type === 'Scored' ? value.lead_id : null,
      seq: value.seq,
      loggedAt: value.logged_at,
    }),
    keyOf: ({ type, value }) => (type === 'Staged' ? value.lead_id : null),
    initialShared: NO_MODEL,
    broadcast(shared, message) {
      if (message.type === 'ModelApplied') return { shared: applied(shared, message.value), pass: message };
      return { shared, pass: message.type === 'Tick' ? message : undefined };
    },
    step(state, message, context) {
      if (message.type !== 'Scored') throw new Error(`${message.type} concerns all leads, not one`);
      return onScored(state, message.value, context);
    },
    wake(state, due, context) {
      const model = models.current(context.shared);
      if (model === undefined || state.quiet === undefined) return { state, emit: [] };
      const { since, setAt, historic } = state.quiet;
      const patience = patienceOf(state.stage, model.stages);
      if (patience === undefined || since + patience > due) return { state, emit: [], wakeAt: wakeAt(state, model) };
      const at = Math.max(since + patience, setAt);
      const { stage, known, score } = state;
      const moves = climb({ stage, known, score, subject: undefined, quietSince: since, at }, model.stages);
      const after = { ...state, stage: moves.at(-1)?.to_stage ?? stage };
      const cause = { scored: null, cause_id: `quiet@${since + patience}`, at, historic };
      if (moves.length === 0) return { state: after, emit: [] };
      return {
        state: after,
        emit: [staged(context, state, after, moves, cause)],
        wakeAt: later(wakeAt(after, model), due),
      };
    },
  };
}

function newcomer(model: Model | undefined): LeadStage {
  const stage = model?.stages.initial ?? 'visitor';
  return { stage, known: false, score: 0, personal: NOBODY, recent: [], reasons: [], quiet: undefined };
}

/** When the lead will have been quiet for as long as its stage allows, ms. */
function wakeAt({ stage, quiet }: LeadStage, model: Model | undefined): number | undefined {
  const patience = model === undefined ? undefined : patienceOf(stage, model.stages);
  return patience === undefined || quiet === undefined ? undefined : quiet.since + patience;
}

/** A wake-up that has run does not come again. */
function later(at: number | undefined, than: number): number | undefined {
  return at !== undefined && at > than ? at : undefined;
}

/** What is known of the person, the newest word on each field. */
function known(before: Personal, { personal }: Activity): Personal {
  return {
    email: personal.email ?? before.email,
    user_id: personal.user_id ?? before.user_id,
    anonymous_id: personal.anonymous_id ?? before.anonymous_id,
    traits: personal.traits === '{}' ? before.traits : personal.traits,
    ip: personal.ip ?? before.ip,
    user_agent: personal.user_agent ?? before.user_agent,
  };
}

function staged(
  context: Context,
  before: LeadStage | undefined,
  after: LeadStage | undefined,
  moves: readonly StageMove[],
  cause: Pick<Staged, 'scored' | 'cause_id' | 'at' | 'historic'>,
): StageMessage {
  return {
    type: 'Staged',
    value: {
      seq: context.seq,
      step: context.step,
      logged_at: context.loggedAt,
      lead_id: context.key,
      known: after?.known ?? false,
      stage_before: before?.stage ?? '',
      stage_after: after?.stage ?? '',
      moves,
      score: after?.score ?? 0,
      story: moves.length > 0 && after !== undefined ? storyOf(after.recent, after.reasons) : null,
      personal: after?.personal ?? NOBODY,
      ...cause,
    },
  };
}
