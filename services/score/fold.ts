import { eventKey } from '#lib/flow/event-key';
import type { Fold, Step, StepContext } from '#lib/flow/fold';
import type { Hash } from '#lib/flow/ports';
import type { Change } from '#lib/flow/store';
import { compareKeys, endOf, timeKey } from '#lib/flow/table';
import { goesByDueTime } from '#lib/model/engine';
import { applied, type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel } from '#lib/model/model';
import type { Activity, Merged, MovedOut, Scored, ScoreEffect } from '#schemas/generated/records';
import type { ActivityMessage, ScoreMessage } from '#schemas/topics';
import { contributionsAt, type ModelOf, nextDue } from '#services/score/contributions';
import { effectOf } from '#services/score/effect';
import { identityOf, type Kept, keep } from '#services/score/kept';
import { matchesOf } from '#services/score/matches';
import { type LeadScore, NOTHING, withMatches, withoutActivity } from '#services/score/state';

/** Activities kept of a lead, the newest by occurred_at. */
const KEPT = 10_000;

type Context = StepContext<InForce>;
type Result = Step<LeadScore, ScoreMessage>;

/** score: lead.activity → lead.scores. Each record goes on with its effect on the lead's score at logged time. */
export function createScoreFold({
  compile,
  hash,
}: {
  readonly compile: CompileModel;
  readonly hash: Hash;
}): Fold<LeadScore, ActivityMessage, ScoreMessage, InForce> {
  const models = new Models(compile);
  const itemKey = (event: Activity | MovedOut) => `${timeKey(event.occurred_at)}.${eventKey(event, hash)}`;

  function onActivity(state: LeadScore, activity: Activity, context: Context): Result {
    const model = models.current(context.shared);
    const added = model === undefined ? [] : matchesOf(activity, model, context.loggedAt);
    const cause: Cause = {
      cause: 'activity',
      cause_id: activity.event_id,
      historic: activity.cause !== 'live',
      activity,
    };
    const key = itemKey(activity);
    const item = { key, value: keep(activity) };
    const matches = withMatches(state.matches, added);
    if (state.kept < KEPT) return settle(state, { matches, kept: state.kept + 1 }, cause, context, [item]);
    const oldest = oldestOf(context);
    // Older than all that is kept of a lead with a full history: it goes on, but counts for nothing.
    if (oldest === undefined || compareKeys(oldest.key, key) > 0) {
      return settle(state, state, { ...cause, historic: true }, context);
    }
    const after = { matches: withoutActivity(matches, oldest.publisher, oldest.event_id), kept: state.kept };
    return settle(state, after, cause, context, [item, { key: oldest.key, value: undefined }]);
  }

  function onMovedOut(state: LeadScore, moved: MovedOut, context: Context): Result {
    const matches = withoutActivity(state.matches, moved.publisher, moved.event_id);
    const cause: Cause = { cause: 'moved_out', cause_id: moved.event_id, historic: true, moved_out: moved };
    const items = [{ key: itemKey(moved), value: undefined }];
    return settle(state, { matches, kept: Math.max(0, state.kept - 1) }, cause, context, items);
  }

  function onMerged(state: LeadScore, merged: Merged, context: Context): Result {
    const cause: Cause = { cause: 'merged', cause_id: merged.cause_event_id, historic: true, merged };
    return settle(state, NOTHING, cause, context, allItems(context));
  }

  /** The record's output: the score before and after, both at logged time. */
  function settle(
    before: LeadScore,
    after: LeadScore,
    cause: Cause,
    context: Context,
    items: readonly Change[] = [],
  ): Result {
    const modelOf = modelsAt(context);
    const at = context.loggedAt;
    const old = contributionsAt(before.matches, at, 'exclusive', modelOf);
    const now = after.matches === before.matches ? old : contributionsAt(after.matches, at, 'exclusive', modelOf);
    return {
      state: after.kept === 0 && after.matches.length === 0 ? undefined : after,
      emit: [scored(context, at, null, cause, effectOf(old, now, at))],
      wakeAt: nextDue(after.matches, at, modelOf)?.at,
      items,
    };
  }

  function modelsAt(context: Context): ModelOf {
    return (version) => models.of(context.shared, version);
  }

  return {
    name: 'score',
    describe: ({ type, value }) => ({
      key: type === 'Tick' || type === 'ModelApplied' ? null : value.lead_id,
      seq: value.seq,
      loggedAt: value.logged_at,
    }),
    keyOf: ({ type, value }) => (type === 'Scored' ? value.lead_id : null),
    initialShared: NO_MODEL,
    broadcast(shared, message) {
      if (message.type === 'ModelApplied') return { shared: applied(shared, message.value), pass: message };
      return { shared, pass: message.type === 'Tick' ? message : undefined };
    },
    step(state = NOTHING, message, context) {
      switch (message.type) {
        case 'Activity':
          return onActivity(state, message.value, context);
        case 'MovedOut':
          return onMovedOut(state, message.value, context);
        case 'Merged':
          return onMerged(state, message.value, context);
        case 'Tick':
        case 'ModelApplied':
          throw new Error(`${message.type} concerns all leads, not one`);
      }
    },
    wake(state, due, context) {
      const modelOf = modelsAt(context);
      const next = nextDue(state.matches, due, modelOf);
      const wakeAt = nextDue(state.matches, due + 1, modelOf)?.at;
      if (next?.at !== due) return { state, emit: [], wakeAt };
      const before = contributionsAt(state.matches, due, 'exclusive', modelOf);
      const after = contributionsAt(state.matches, due, 'inclusive', modelOf);
      const cause: Cause = { cause: 'wake', cause_id: `${next.rule}@${due}`, historic: next.historic };
      const dueAt = goesByDueTime(models.current(context.shared)) ? due : null;
      return { state, emit: [scored(context, due, dueAt, cause, effectOf(before, after, due))], wakeAt };
    },
  };
}

/** What brought a record about. */
type Cause = Pick<Scored, 'cause' | 'cause_id' | 'historic'> &
  Partial<Pick<Scored, 'activity' | 'moved_out' | 'merged'>>;

function scored(context: Context, at: number, dueAt: number | null, cause: Cause, score: ScoreEffect): ScoreMessage {
  return {
    type: 'Scored',
    value: {
      seq: context.seq,
      step: context.step,
      logged_at: context.loggedAt,
      lead_id: context.key,
      cause: cause.cause,
      cause_id: cause.cause_id,
      at,
      historic: cause.historic,
      activity: cause.activity ?? null,
      moved_out: cause.moved_out ?? null,
      merged: cause.merged ?? null,
      score,
      due_at: dueAt,
      grade: '',
      disqualified: null,
      excluded: null,
    },
  };
}

/** The oldest of the kept activities. */
function oldestOf(
  context: Context,
): { readonly key: string; readonly publisher: string; readonly event_id: string } | undefined {
  for (const [key, value] of context.items.range('', endOf(''))) {
    return { key, ...identityOf(value as Kept) };
  }
  return undefined;
}

function allItems(context: Context): { readonly key: string; readonly value: undefined }[] {
  return Array.from(context.items.range('', endOf('')), ([key]) => ({ key, value: undefined }));
}
