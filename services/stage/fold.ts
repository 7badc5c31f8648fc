import type { Fold, Step, StepContext } from '#lib/flow/fold';
import { goesByDueTime } from '#lib/model/engine';
import { applied, type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel, Model } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import type { Activity, Scored, Staged, StageMove } from '#schemas/generated/records';
import type { ScoreMessage, StageMessage } from '#schemas/topics';
import { climb, patienceOf } from '#services/stage/climb';
import { known, type LeadStage, NOBODY, type Quiet } from '#services/stage/state';
import { reasonOf, storyOf, withActivity, withoutActivity } from '#services/stage/story';

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
    const { cause, cause_id, activity, at, historic, due_at } = scored;
    if (cause === 'merged') {
      const gone = { scored, cause_id, at, historic: true, due_at };
      return { state: undefined, emit: [staged(context, before, undefined, NO_MOVES, gone)] };
    }
    const model = models.current(context.shared);
    const observed = observe(before ?? newcomer(model), scored, model, context.loggedAt);
    const judged = cause === 'wake' || (activity !== null && activity.cause !== 'move');
    const moves = judged && model !== undefined ? judge(observed, activity, at, model) : NO_MOVES;
    const after = movedBy(observed, moves);
    return {
      state: after,
      emit: [staged(context, before, after, moves, { scored, cause_id, at, historic, due_at })],
      wakeAt: goesByDueTime(model) ? notBefore(at, wakeAt(after, model)) : wakeAt(after, model),
    };
  }

  return {
    name: 'stage',
    describe: ({ type, value }) => ({
      key: type === 'Scored' ? value.lead_id : null,
      seq: value.seq,
      loggedAt: value.logged_at,
      dueAt: type === 'Scored' ? value.due_at : null,
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
      const ordered = goesByDueTime(model);
      const at = ordered ? due : Math.max(since + patience, setAt);
      const moves = judge(state, null, at, model);
      if (moves.length === 0) return { state, emit: [] };
      const after = movedBy(state, moves);
      const named = ordered ? due : since + patience;
      const cause = { scored: null, cause_id: `quiet@${named}`, at, historic, due_at: ordered ? due : null };
      return {
        state: after,
        emit: [staged(context, state, after, moves, cause)],
        wakeAt: later(wakeAt(after, model), due),
      };
    },
  };
}

const NO_MOVES: readonly StageMove[] = [];

/** What a scored record tells of a lead, before its stage is judged. */
function observe(lead: LeadStage, scored: Scored, model: Model | undefined, loggedAt: number): LeadStage {
  const { activity, moved_out, score } = scored;
  const changed = score.added.length > 0 || score.removed.length > 0;
  const reasons = changed ? score.reasons.map(reasonOf) : lead.reasons;
  if (moved_out !== null) {
    return { ...lead, score: score.after, reasons, recent: withoutActivity(lead.recent, moved_out.event_id) };
  }
  if (activity === null) return { ...lead, score: score.after, reasons };
  return {
    stage: lead.stage,
    known: activity.known,
    score: score.after,
    personal: known(lead.personal, activity),
    recent: withActivity(lead.recent, activity),
    reasons,
    quiet: quietAfter(lead.quiet, activity, model, loggedAt),
  };
}

function quietAfter(before: Quiet | undefined, activity: Activity, model: Model | undefined, loggedAt: number) {
  const { name, occurred_at, cause } = activity;
  if (model?.stages.isOwn(name) !== true || (before !== undefined && occurred_at < before.since)) return before;
  return { since: occurred_at, setAt: loggedAt, historic: cause !== 'live' };
}

/** The moves that a lead is due at an activity, or (null) at a wake-up. */
function judge(lead: LeadStage, activity: Activity | null, at: number, model: Model): readonly StageMove[] {
  const { stage, known, score, quiet } = lead;
  const subject = activity === null ? undefined : subjectOf(activity);
  return climb({ stage, known, score, subject, quietSince: quiet?.since, at }, model.stages);
}

function movedBy(lead: LeadStage, moves: readonly StageMove[]): LeadStage {
  const last = moves.at(-1);
  return last === undefined ? lead : { ...lead, stage: last.to_stage };
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

/** One that is overdue when it is set is due then. */
function notBefore(now: number, at: number | undefined): number | undefined {
  return at === undefined ? undefined : Math.max(now, at);
}

/** A wake-up that has run does not come again. */
function later(at: number | undefined, than: number): number | undefined {
  return at !== undefined && at > than ? at : undefined;
}

function staged(
  context: Context,
  before: LeadStage | undefined,
  after: LeadStage | undefined,
  moves: readonly StageMove[],
  cause: Pick<Staged, 'scored' | 'cause_id' | 'at' | 'historic' | 'due_at'>,
): StageMessage {
  return {
    type: 'Staged',
    value: {
      seq: context.seq,
      step: context.step,
      logged_at: context.loggedAt,
      lead_id: context.key,
      scored: cause.scored,
      cause_id: cause.cause_id,
      at: cause.at,
      historic: cause.historic,
      known: after?.known ?? false,
      stage_before: before?.stage ?? '',
      stage_after: after?.stage ?? '',
      moves,
      score: after?.score ?? 0,
      story: moves.length > 0 && after !== undefined ? storyOf(after.recent, after.reasons) : null,
      personal: after?.personal ?? NOBODY,
      due_at: cause.due_at,
      grade: '',
    },
  };
}
