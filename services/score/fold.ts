import type { Fold, Step, StepContext } from '#lib/flow/fold';
import type { Hash } from '#lib/flow/ports';
import type { Change } from '#lib/flow/store';
import { endOf, timeKey } from '#lib/flow/table';
import { applied, type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import type { Activity, MovedOut, Scored, ScoreEffect } from '#schemas/generated/records';
import type { ActivityMessage, ScoreMessage } from '#schemas/topics';
import { contributionsAt, type ModelOf, nextDue } from '#services/score/contributions';
import { effectOf } from '#services/score/effect';
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
  const itemKey = (at: number, publisher: string, eventId: string) =>
    `${timeKey(at)}.${hash(JSON.stringify([publisher, eventId]))}`;

  function onActivity(state: LeadScore, activity: Activity, context: Context): Result {
    const model = models.current(context.shared);
    const added = model === undefined ? [] : matchesOf(subjectOf(activity), model, context.loggedAt);
    const { personal: _sealed, context: _context, ...kept } = activity;
    const key = itemKey(activity.occurred_at, activity.publisher, activity.event_id);
    const items: Change[] = [{ key, value: kept }];
    let after: LeadScore = { matches: withMatches(state.matches, added), kept: state.kept + 1 };
    if (after.kept > KEPT) {
      const oldest = oldestOf(context);
      if (oldest === undefined || oldest.key > key) return onActivityTooOld(state, activity, context);
      items.push({ key: oldest.key, value: undefined });
      after = { matches: withoutActivity(after.matches, oldest.publisher, oldest.event_id), kept: state.kept };
    }
    return {
      ...settle(state, after, context, (score) => ({
        cause: 'activity',
        cause_id: activity.event_id,
        historic: activity.cause !== 'live',
        activity,
        score,
      })),
      items,
    };
  }

  /** Older than all that is kept of a lead with a full history: it goes on, but counts for nothing. */
  function onActivityTooOld(state: LeadScore, activity: Activity, context: Context): Result {
    return settle(state, state, context, (score) => ({
      cause: 'activity',
      cause_id: activity.event_id,
      historic: true,
      activity,
      score,
    }));
  }

  function onMovedOut(state: LeadScore, moved: MovedOut, context: Context): Result {
    const matches = withoutActivity(state.matches, moved.publisher, moved.event_id);
    return {
      ...settle(state, { matches, kept: Math.max(0, state.kept - 1) }, context, (score) => ({
        cause: 'moved_out',
        cause_id: moved.event_id,
        historic: true,
        moved_out: moved,
        score,
      })),
      items: [{ key: itemKey(moved.occurred_at, moved.publisher, moved.event_id), value: undefined }],
    };
  }

  /** The record's output: the score before and after, both at logged time. */
  function settle(
    before: LeadScore,
    after: LeadScore,
    context: Context,
    describe: (score: ScoreEffect) => Described,
  ): Result {
    const modelOf = modelsAt(context);
    const at = context.loggedAt;
    const old = contributionsAt(before.matches, at, 'exclusive', modelOf);
    const now = after.matches === before.matches ? old : contributionsAt(after.matches, at, 'exclusive', modelOf);
    return {
      state: after.kept === 0 && after.matches.length === 0 ? undefined : after,
      emit: [scored(context, at, describe(effectOf(old, now, at)))],
      wakeAt: nextDue(after.matches, at, modelOf)?.at,
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
          return {
            ...settle(state, NOTHING, context, (score) => ({
              cause: 'merged',
              cause_id: message.value.cause_event_id,
              historic: true,
              merged: message.value,
              score,
            })),
            state: undefined,
            wakeAt: undefined,
            items: allItems(context),
          };
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
      const described: Described = {
        cause: 'wake',
        cause_id: `${next.rule}@${due}`,
        historic: next.historic,
        score: effectOf(before, after, due),
      };
      return { state, emit: [scored(context, due, described)], wakeAt };
    },
  };
}

/** A score record apart from its place in the log. */
type Described = Pick<Scored, 'cause' | 'cause_id' | 'historic' | 'score'> &
  Partial<Pick<Scored, 'activity' | 'moved_out' | 'merged'>>;

function scored(context: Context, at: number, described: Described): ScoreMessage {
  return {
    type: 'Scored',
    value: {
      seq: context.seq,
      step: context.step,
      logged_at: context.loggedAt,
      lead_id: context.key,
      at,
      activity: null,
      moved_out: null,
      merged: null,
      ...described,
    },
  };
}

/** The oldest of the kept activities. */
function oldestOf(
  context: Context,
): { readonly key: string; readonly publisher: string; readonly event_id: string } | undefined {
  for (const [key, value] of context.items.range('', endOf(''))) {
    return { key, ...(value as Pick<Activity, 'publisher' | 'event_id'>) };
  }
  return undefined;
}

function allItems(context: Context): { readonly key: string; readonly value: undefined }[] {
  return Array.from(context.items.range('', endOf('')), ([key]) => ({ key, value: undefined }));
}
