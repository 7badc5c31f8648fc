import { NO_FACTS } from '#lib/facts/facts';
import type { Fold, Step, StepContext } from '#lib/flow/fold';
import { asked, isHeld, present, reopened, waiting } from '#lib/model/held';
import { applied, type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel, Model, StageLadder } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import type { Activity, JoinOpened, MovedOut, Scored, Staged, StageMove } from '#schemas/generated/records';
import type { ScoreMessage, StageMessage } from '#schemas/topics';
import { type Climbed, climb } from '#services/stage/climb';
import { decisionsOf, ended, joinedWith } from '#services/stage/joins';
import type { LeadStage, Own } from '#services/stage/state';
import { reasonOf, storyOf, withActivity, withoutActivity } from '#services/stage/story';
import { withoutTold, withTold } from '#services/stage/told';
import { nextWait, waitAt } from '#services/stage/waiting';

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
    const before = stored === undefined ? undefined : isThere(stored);
    const decisions = before === stored ? null : decisionsOf(before);
    const observed = observe(before ?? newcomer(model, at), scored, model);
    const { lead, moves } =
      join_closed === null ? climbing(observed, scored, model) : joinedWith(observed, join_closed, model?.stages);
    const after = join_opened === null ? lead : waiting(lead);
    return {
      state: after,
      emit: [staged(context, before, after, moves, { scored, cause_id, at, historic, due_at, decisions })],
      wakeAt: isHeld(after) ? undefined : notBefore(at, nextWait(after, model?.stages)?.at),
    };
  }

  /** What a lead climbs at a record on which its stage is judged. */
  function climbing(
    observed: LeadStage,
    { cause, activity, at, historic, excluded }: Scored,
    model: Model | undefined,
  ) {
    const isWoken = cause === 'wake' && !observed.facts.staff;
    const judged = isWoken || (activity !== null && activity.cause !== 'move' && excluded === null);
    if (!judged || model === undefined) return { lead: observed, moves: NO_MOVES };
    if (isHeld(observed))
      return { lead: isWoken ? { ...observed, owed: { at, historic } } : observed, moves: NO_MOVES };
    const climbed = judge(observed, activity, at, model);
    return { lead: owingNothing(movedBy(observed, climbed)), moves: climbed.moves };
  }

  /** It tells what was decided about it. If it ends, nothing is decided any more. */
  function onAsked(stored: LeadStage | undefined, scored: Scored, { ends }: JoinOpened, context: Context): Result {
    const { cause_id, at, historic, due_at } = scored;
    const model = models.current(context.shared);
    const decisions = decisionsOf(stored);
    const before = stored ?? newcomer(model, at);
    const lead = observe(before, scored, model);
    const after = asked(lead, ends);
    return {
      state: after,
      emit: [staged(context, stored, after, NO_MOVES, { scored, cause_id, at, historic, due_at, decisions })],
      wakeAt: isHeld(after) ? undefined : notBefore(at, nextWait(after, model?.stages)?.at),
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
      const wait = waitAt(state, model.stages, due);
      if (wait === undefined) return { state, emit: [], wakeAt: nextWait(state, model.stages)?.at };
      const climbed = judge(state, null, due, model);
      const after = owingNothing(movedBy(state, climbed));
      const wakeAt = later(nextWait(after, model.stages)?.at, nextWait(after, model.stages, due)?.at, due);
      if (climbed.moves.length === 0) return { state: after, emit: [], wakeAt };
      const cause_id = `${wait.kind}@${due}`;
      const cause = { scored: null, cause_id, at: due, historic: wait.historic, due_at: due };
      return { state: after, emit: [staged(context, state, after, climbed.moves, cause)], wakeAt };
    },
  };
}

const NO_MOVES: readonly StageMove[] = [];

/** What a scored record tells of a lead, before its stage is judged. */
function observe(lead: LeadStage, scored: Scored, model: Model | undefined): LeadStage {
  const { activity, addresses, moved_out, score } = scored;
  const reasons = score.added.length > 0 || score.removed.length > 0 ? score.reasons.map(reasonOf) : lead.reasons;
  const counts = activity !== null && scored.excluded === null ? activity : undefined;
  const moved = counts?.cause === 'move' ? counts : undefined;
  const ladder = model?.stages;
  // Each field in its place: a copy of all with some put over it takes most of a step's time.
  const observed = {
    stage: lead.stage,
    since: moved === undefined || ladder === undefined ? lead.since : sinceWith(lead, moved),
    visits: lead.visits,
    known: activity?.known ?? (lead.known || (addresses !== null && addresses.addresses.length > 0)),
    score: score.after,
    scoreAt: score.at,
    facts: scored.facts ?? lead.facts,
    recent: recentAfter(lead.recent, counts, moved_out),
    reasons,
    own: ownOf(scored),
    grade: scored.grade,
    disqualified: scored.disqualified,
    told: toldAfter(lead.told, moved, moved_out, ladder),
    heardAt: lead.heardAt,
    historic: counts === undefined || moved !== undefined ? lead.historic : counts.cause !== 'live',
  };
  const { joining, closed, owed } = lead;
  return joining === undefined && closed === undefined && owed === undefined ? observed : stillHeld(observed, lead);
}

function stillHeld(observed: LeadStage, { joining, closed, owed }: LeadStage): LeadStage {
  return {
    ...observed,
    ...(joining === undefined ? {} : { joining }),
    ...(closed === undefined ? {} : { closed }),
    ...(owed === undefined ? {} : { owed }),
  };
}

/** Its stage has been judged. */
function owingNothing(lead: LeadStage): LeadStage {
  const { owed, ...rest } = lead;
  return owed === undefined ? lead : rest;
}

function recentAfter(
  recent: LeadStage['recent'],
  added: Activity | undefined,
  gone: MovedOut | null,
): LeadStage['recent'] {
  if (gone !== null) return withoutActivity(recent, gone);
  return added === undefined ? recent : withActivity(recent, added);
}

function toldAfter(
  told: LeadStage['told'],
  moved: Activity | undefined,
  gone: MovedOut | null,
  ladder: StageLadder | undefined,
): LeadStage['told'] {
  if (gone !== null) return withoutTold(told, gone);
  return moved === undefined || ladder === undefined ? told : withTold(told, subjectOf(moved), ladder);
}

/** Who has not moved yet has been in the first stage since the earliest that came along from another owner. */
function sinceWith({ since, visits }: LeadStage, { occurred_at }: Activity): number {
  const hasMoved = Object.values(visits).reduce((sum, times) => sum + times, 0) > 1;
  return hasMoved ? since : Math.min(since, occurred_at);
}

/** Who has done nothing of its own is quiet since it was first heard of. */
function ownOf({ seen: { own_at, own_historic, first_at }, historic }: Scored): Own | undefined {
  if (own_at !== null) return { at: own_at, historic: own_historic };
  return first_at === null ? undefined : { at: first_at, historic };
}

/** What a lead climbs at an activity, or (null) at a wake-up. */
function judge(lead: LeadStage, activity: Activity | null, at: number, model: Model): Climbed {
  const { stage, since, visits, known, score, grade, disqualified, told, heardAt, own } = lead;
  const subject = activity === null ? undefined : subjectOf(activity);
  const quietSince = own?.at;
  const standing = { stage, since, visits, known, score, grade, disqualified, told, heardAt, subject, quietSince, at };
  return climb(standing, model.stages);
}

/** undefined: the stage was not judged. */
function movedBy(lead: LeadStage, climbed: Climbed | undefined): LeadStage {
  if (climbed === undefined) return lead;
  const last = climbed.moves.at(-1);
  const told = lead.told.length === 0 ? lead.told : [];
  if (last === undefined) return told === lead.told ? lead : { ...lead, told };
  const { since, visits, heardAt } = climbed;
  return { ...lead, stage: last.to_stage, since, visits, heardAt, told };
}

function newcomer(model: Model | undefined, at: number): LeadStage {
  const stage = model?.stages.initial ?? 'visitor';
  return {
    stage,
    since: at,
    visits: { [stage]: 1 },
    known: false,
    score: 0,
    scoreAt: at,
    facts: NO_FACTS,
    recent: [],
    reasons: [],
    own: undefined,
    grade: '',
    disqualified: null,
    told: [],
    heardAt: 0,
    historic: false,
  };
}

/** One that is overdue when it is set is due then. */
function notBefore(now: number, at: number | undefined): number | undefined {
  return at === undefined ? undefined : Math.max(now, at);
}

/** A wake-up that has run does not come again. */
function later(at: number | undefined, otherwise: number | undefined, than: number): number | undefined {
  return at !== undefined && at > than ? at : otherwise;
}

function staged(
  context: Context,
  before: LeadStage | undefined,
  after: LeadStage | undefined,
  moves: readonly StageMove[],
  cause: Pick<Staged, 'scored' | 'cause_id' | 'at' | 'historic' | 'due_at'> & Partial<Pick<Staged, 'decisions'>>,
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
