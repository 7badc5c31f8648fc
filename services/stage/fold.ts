import type { Fold, Step, StepContext } from '#lib/flow/fold';
import { asked, isHeld, present, reopened, waiting } from '#lib/model/held';
import { applied, type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel, Model } from '#lib/model/model';
import type { JoinOpened, Scored, Staged, StageMove } from '#schemas/generated/records';
import type { ScoreMessage, StageMessage } from '#schemas/topics';
import { decisionsOf, ended, joinedWith } from '#services/stage/joins';
import { judge, movedBy, waitedUntil } from '#services/stage/judge';
import { newcomer, observe } from '#services/stage/observe';
import { momentOf, noting, owing, owingFrom, owingNothing, reportedIn } from '#services/stage/owed';
import type { LeadStage } from '#services/stage/state';
import { storyOf } from '#services/stage/story';
import { nextWait } from '#services/stage/waiting';

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

  function onScored(stored: LeadStage | undefined, scored: Scored, context: Context): Result {
    const { cause, cause_id, at, historic, due_at, join_opened, join_closed } = scored;
    const model = models.current(context.shared);
    if (cause === 'merged') {
      const gone = { scored, cause_id, at, historic: true, due_at };
      const state = stored?.known === true ? ended(stored, newcomer(model, at)) : undefined;
      return { state, emit: [staged(context, stored, undefined, NO_MOVES, gone)] };
    }
    if (join_opened !== null && join_opened.lead_id === join_opened.from_lead_id)
      return onAsked(stored, scored, join_opened, context);
    const isThere = join_opened === null ? reopened : present;
    const before = stored === undefined ? undefined : owingNothing(isThere(stored), scored.logged_at);
    const decisions = before?.closed === stored?.closed ? null : decisionsOf(before);
    const moment = before === undefined ? at : momentOf(before, scored);
    const caughtUp = before === undefined ? undefined : caughtUpWith(before, moment, scored, model, context);
    const observed = observe(caughtUp?.lead ?? newcomer(model, at), scored, model);
    const { lead, moves } =
      join_closed === null
        ? climbing(observed, moment, scored, model)
        : joinedWith(observed, join_closed, model?.stages);
    const after = join_opened === null ? lead : waiting(lead);
    const earlier = caughtUp?.emit ?? NO_OUTPUT;
    const by = { scored, cause_id, at: moment, historic, due_at, decisions };
    const told = staged(context, caughtUp?.lead, after, moves, by, earlier.length);
    return { ...going(after, model, at), emit: [...earlier, told] };
  }

  /** What fell due before a moment, of a lead about which nothing might be decided, is judged before it. */
  function caughtUpWith(
    before: LeadStage,
    moment: number,
    scored: Scored,
    model: Model | undefined,
    context: Context,
  ): Waiting {
    const isOwed = before.held?.until !== undefined && !before.facts.staff;
    const isJudged = scored.cause === 'wake' || reportedIn(scored) !== undefined;
    if (!isOwed || !isJudged || model === undefined) return { lead: before, emit: NO_OUTPUT };
    const { lead, emit } = afterWaiting(before, { until: moment - 1, dueAt: null }, model, context);
    return { lead: owingFrom(lead, moment), emit };
  }

  /** What a lead climbs at a record on which its stage is judged. */
  function climbing(observed: LeadStage, at: number, scored: Scored, model: Model | undefined) {
    const { cause, activity, historic, excluded } = scored;
    const isWoken = cause === 'wake' && !observed.facts.staff;
    const judged = isWoken || (reportedIn(scored) !== undefined && excluded === null);
    if (!judged || model === undefined) return { lead: observed, moves: NO_MOVES };
    if (isHeld(observed)) return { lead: isWoken ? owing(observed, { at, historic }) : observed, moves: NO_MOVES };
    const climbed = judge(observed, activity, at, model);
    return { lead: movedBy(observed, climbed), moves: climbed.moves };
  }

  /** It tells what was decided about it. If it ends, nothing is decided any more. */
  function onAsked(stored: LeadStage | undefined, scored: Scored, join: JoinOpened, context: Context): Result {
    const { cause_id, at, historic, due_at } = scored;
    const model = models.current(context.shared);
    const decisions = decisionsOf(stored);
    const before = stored ?? newcomer(model, at);
    const lead = observe(before, scored, model);
    const after = asked(lead, join);
    const told = staged(context, stored, after, NO_MOVES, { scored, cause_id, at, historic, due_at, decisions });
    return { ...going(after, model, at), emit: [told] };
  }

  /** What waiting led to by a time. `dueAt`: of the wake-up that tells it; null: it is told with another record. */
  function afterWaiting(
    lead: LeadStage,
    { until, dueAt }: { readonly until: number; readonly dueAt: number | null },
    model: Model,
    context: Context,
  ): Waiting {
    const { lead: after, waited } = waitedUntil(lead, until, model);
    const emit = waited.map(({ before, after: moved, moves, wait: { kind, historic }, at }, told) => {
      const cause = { scored: null, cause_id: `${kind}@${at}`, at, historic, due_at: dueAt };
      return staged(context, before, moved, moves, cause, told);
    });
    return { lead: after, emit };
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
      const { type } = message;
      return { shared, pass: type === 'Tick' || type === 'Cost' || type === 'Watermark' ? message : undefined };
    },
    step(state, message, context) {
      if (message.type !== 'Scored') throw new Error(`${message.type} concerns all leads, not one`);
      return onScored(state, message.value, context);
    },
    wake(state, due, context) {
      const model = models.current(context.shared);
      // Staff is nobody's lead: nothing follows from its waiting.
      if (model === undefined || state.facts.staff) return { state, emit: [] };
      const { lead, emit } = afterWaiting(owingNothing(state, due), { until: due, dueAt: due }, model, context);
      return { state: owingNothing(lead, Infinity), emit, wakeAt: nextWait(lead, model.stages, due)?.at };
    },
  };
}

const NO_MOVES: readonly StageMove[] = [];
const NO_OUTPUT: readonly StageMessage[] = [];

/** A lead after what its waiting led to, and what is told of that. */
interface Waiting {
  readonly lead: LeadStage;
  readonly emit: readonly StageMessage[];
}

/** A lead, and when it is woken: never while nothing may be decided about it. What is overdue when it is set is due then. */
function going(after: LeadStage, model: Model | undefined, at: number): Pick<Result, 'state' | 'wakeAt'> {
  const state = noting(after, at);
  const next = isHeld(state) ? undefined : nextWait(state, model?.stages)?.at;
  return { state, wakeAt: next === undefined ? undefined : Math.max(at, next) };
}

function staged(
  context: Context,
  before: LeadStage | undefined,
  after: LeadStage | undefined,
  moves: readonly StageMove[],
  cause: Pick<Staged, 'scored' | 'cause_id' | 'at' | 'historic' | 'due_at'> & Partial<Pick<Staged, 'decisions'>>,
  /** How many were told in this step before it. */
  told = 0,
): StageMessage {
  return {
    type: 'Staged',
    value: {
      seq: context.seq,
      step: context.step + told,
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
      due_at: cause.due_at,
      grade: after?.grade ?? '',
      score_at: after?.scoreAt ?? cause.at,
      facts:
        cause.scored?.facts ??
        (moves.length > 0 || (after?.known === true && before?.known !== true) ? (after?.facts ?? null) : null),
      decisions: cause.decisions ?? null,
    },
  };
}
