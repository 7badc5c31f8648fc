import { eventKey } from '#lib/flow/event-key';
import type { Fold, Step, StepContext } from '#lib/flow/fold';
import type { Hash } from '#lib/flow/ports';
import type { Change } from '#lib/flow/store';
import { timeKey } from '#lib/flow/table';
import { applied, type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel, Exclusion } from '#lib/model/model';
import type { Activity, Merged, MovedOut } from '#schemas/generated/records';
import type { ActivityMessage, ScoreMessage } from '#schemas/topics';
import { type KnownColumns, knownColumns } from '#services/score/columns';
import { compared } from '#services/score/compared';
import { compositionAfter, compositionAt } from '#services/score/composition';
import { contributionsAt, type Pricing, scoreOf } from '#services/score/contributions';
import type { Difference } from '#services/score/difference';
import { nextDue } from '#services/score/due';
import { effectOf } from '#services/score/effect';
import { forgetAll, kept, type Room, unkept } from '#services/score/keeping';
import { keep } from '#services/score/kept';
import { matchesOf } from '#services/score/matches';
import { heard, profileOf, unheard } from '#services/score/profiling';
import { type Cause, scored } from '#services/score/scored';
import { disqualifiedBy, fitAt, type Standing } from '#services/score/standing';
import { type LeadScore, type Match, NOTHING, withMatches, withoutActivity } from '#services/score/state';
import { notCrossedBefore } from '#services/score/thresholds';
import { crossesAt, crossingAfter, earlier } from '#services/score/waking';
import { walk } from '#services/score/walk';

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
  const columns: KnownColumns = new WeakMap();
  const itemKey = (event: Activity | MovedOut) => `${timeKey(event.occurred_at)}.${eventKey(event, hash)}`;

  function onActivity(state: LeadScore, activity: Activity, context: Context): Result {
    const model = models.current(context.shared);
    const excluded = model?.scoring.excludes(activity);
    const historic = activity.cause !== 'live';
    const { event_id } = activity;
    const cause: Cause = { cause: 'activity', cause_id: event_id, historic, activity, excluded: excluded ?? null };
    const key = itemKey(activity);
    const room = kept(state, activity, key, context.items);
    // Older than all that is kept: it goes on, but counts for nothing.
    if (!room.has) return settle(state, state, { ...cause, historic: true }, context);
    const added = model === undefined || excluded !== undefined ? [] : matchesOf(activity, model, context.loggedAt);
    const all = withMatches(state.matches, added);
    const { gone, left } = room.instead === undefined ? { gone: [], left: all } : withoutActivity(all, room.instead);
    const after = withActivity(state, left, activity, key, room, excluded, context);
    const items: Change[] = [{ key, value: keep(activity) }];
    if (room.instead !== undefined) items.push({ key: room.instead.key, value: undefined });
    return settle(state, after, cause, context, items, { before: state.matches, all, after: left, added, gone });
  }

  function withActivity(
    state: LeadScore,
    matches: readonly Match[],
    activity: Activity,
    key: string,
    { counts, instead }: Room,
    excluded: Exclusion | undefined,
    { loggedAt, shared, items }: Context,
  ): LeadScore {
    const model = models.current(shared);
    const counting = model !== undefined && excluded === undefined;
    const historic = excluded === undefined ? activity.cause !== 'live' : state.historic === true;
    let profile = profileOf(state, model, items, loggedAt);
    if (instead !== undefined) profile = unheard(profile, instead.key, model, items, loggedAt);
    if (counting) profile = heard(profile, activity, key, model, loggedAt);
    return {
      matches,
      ...counts,
      ...(profile === undefined ? {} : { profile }),
      ...(historic ? { historic } : {}),
    };
  }

  function onMovedOut(state: LeadScore, moved: MovedOut, context: Context): Result {
    const model = models.current(context.shared);
    const key = itemKey(moved);
    const { historic } = state;
    const { gone, left } = withoutActivity(state.matches, moved);
    const profile = unheard(
      profileOf(state, model, context.items, context.loggedAt),
      key,
      model,
      context.items,
      context.loggedAt,
    );
    const after: LeadScore = {
      matches: left,
      ...unkept(state, key, context.items),
      ...(profile === undefined ? {} : { profile }),
      ...(historic === undefined ? {} : { historic }),
    };
    const cause: Cause = { cause: 'moved_out', cause_id: moved.event_id, historic: true, moved_out: moved };
    const difference = { before: state.matches, all: state.matches, after: left, added: NO_MATCHES, gone };
    return settle(state, after, cause, context, [{ key, value: undefined }], difference);
  }

  function onMerged(state: LeadScore, merged: Merged, context: Context): Result {
    const cause: Cause = { cause: 'merged', cause_id: merged.cause_event_id, historic: true, merged };
    return settle(state, NOTHING, cause, context, forgetAll(context.items));
  }

  /** The record's output: the score before and after, both at logged time. `difference`: of their matches, if it is known. */
  function settle(
    before: LeadScore,
    after: LeadScore,
    cause: Cause,
    context: Context,
    items: readonly Change[] = NO_ITEMS,
    difference: Difference | undefined = before.matches === after.matches ? none(after.matches) : undefined,
  ): Result {
    const pricing = pricingAt(context);
    const at = context.loggedAt;
    const walked = difference === undefined ? undefined : walk(difference, at, pricing, columns);
    const { effect, masses, disqualifying } = walked ?? compared(before.matches, after.matches, at, pricing);
    const due = nextDue(after.matches, at, pricing.modelOf, knownColumns(after.matches, columns))?.at;
    const model = models.current(context.shared);
    const crossing =
      model === undefined ? undefined : notCrossedBefore(at, effect.after, masses, model.stages.thresholds);
    return {
      state: after.kept === 0 && after.matches.length === 0 ? undefined : after,
      emit: [
        scored(
          context,
          at,
          null,
          cause,
          effect,
          standingOf(after, disqualifying, at, context),
          compositionAfter(masses, due, after.matches, at, pricing),
        ),
      ],
      wakeAt: earlier(due, crossing),
      items,
    };
  }

  function standingOf(
    { profile }: LeadScore,
    contributions: Parameters<typeof disqualifiedBy>[0],
    at: number,
    context: Context,
  ): Standing {
    const { modelOf, scoring } = pricingAt(context);
    const fit = fitAt(profile?.words ?? [], at, scoring);
    return { grade: fit?.grade ?? '', disqualified: disqualifiedBy(contributions, fit, scoring, modelOf) };
  }

  function pricingAt({ shared }: Context): Pricing {
    return { modelOf: (version) => models.of(shared, version), scoring: models.current(shared)?.scoring };
  }

  return {
    name: 'score',
    describe: ({ value }) => ({
      key: 'lead_id' in value ? value.lead_id : null,
      seq: value.seq,
      loggedAt: value.logged_at,
    }),
    keyOf: ({ type, value }) => (type === 'Scored' ? value.lead_id : null),
    initialShared: NO_MODEL,
    broadcast(shared, message) {
      if (message.type === 'ModelApplied') return { shared: applied(shared, message.value), pass: message };
      return { shared, pass: message.type === 'Tick' || message.type === 'Cost' ? message : undefined };
    },
    step(state = NOTHING, message, context) {
      switch (message.type) {
        case 'Activity':
          return onActivity(state, message.value, context);
        case 'MovedOut':
          return onMovedOut(state, message.value, context);
        case 'Merged':
          return onMerged(state, message.value, context);
        case 'AddressesChanged':
          return { state, emit: [] };
        case 'Tick':
        case 'Cost':
        case 'ModelApplied':
          throw new Error(`${message.type} concerns all leads, not one`);
      }
    },
    wake(state, due, context) {
      const pricing = pricingAt(context);
      const { modelOf } = pricing;
      const { matches } = state;
      const model = models.current(context.shared);
      const waiting = nextDue(matches, due, modelOf);
      const wakeAt = earlier(nextDue(matches, due + 1, modelOf)?.at, crossingAfter(matches, due, model, pricing));
      const after = contributionsAt(matches, due, 'inclusive', pricing);
      const counts = waiting?.at === due;
      if (!counts && !crossesAt(matches, due, scoreOf(after), model, pricing)) return { state, emit: [], wakeAt };
      const before = counts ? contributionsAt(matches, due, 'exclusive', pricing) : after;
      const cause: Cause = {
        cause: 'wake',
        cause_id: `${counts ? waiting.rule : 'threshold'}@${due}`,
        historic: counts ? waiting.historic : state.historic === true,
      };
      const standing = standingOf(state, after, due, context);
      const composition = compositionAt(matches, due, pricing);
      return {
        state,
        emit: [scored(context, due, due, cause, effectOf(before, after, due), standing, composition)],
        wakeAt,
      };
    },
  };
}

const NO_ITEMS: readonly Change[] = [];
const NO_MATCHES: readonly Match[] = [];

function none(matches: readonly Match[]): Difference {
  return { before: matches, all: matches, after: matches, added: NO_MATCHES, gone: NO_MATCHES };
}
