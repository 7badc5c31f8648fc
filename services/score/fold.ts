import { eventKey } from '#lib/flow/event-key';
import type { Fold, Step, StepContext } from '#lib/flow/fold';
import type { Hash } from '#lib/flow/ports';
import type { Change } from '#lib/flow/store';
import { timeKey } from '#lib/flow/table';
import { applied, type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel } from '#lib/model/model';
import type { Activity, AddressesChanged, Facts, Merged, MovedOut } from '#schemas/generated/records';
import type { ActivityMessage, ScoreMessage } from '#schemas/topics';
import { type KnownColumns, knownColumns } from '#services/score/columns';
import { compared } from '#services/score/compared';
import { compositionAfter, compositionAt } from '#services/score/composition';
import { contributionsAt, type Pricing, scoreOf } from '#services/score/contributions';
import type { Difference } from '#services/score/difference';
import { nextDue } from '#services/score/due';
import { effectOf } from '#services/score/effect';
import { fitOf } from '#services/score/fit';
import { type Kept, keep } from '#services/score/kept';
import { heard, type LeadFacts, nextFact, owning, sawAlso, seenUnder, tell, unheard } from '#services/score/lead-facts';
import { matchesOf } from '#services/score/matches';
import { forgetAll, KEPT, type Retention, release, retain } from '#services/score/retention';
import { type Cause, scored } from '#services/score/scored';
import { seenOf } from '#services/score/seen';
import { disqualifiedBy, type Standing } from '#services/score/standing';
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
  kept: most = KEPT,
}: {
  readonly compile: CompileModel;
  readonly hash: Hash;
  /** Activities kept of an identifier, 10,000 unless told: the newest by occurred_at. */
  readonly kept?: number;
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
    const { as, retention, items, replaced } = retain(
      state,
      { key, kept: keep(activity, excluded) },
      context.items,
      most,
    );
    // Older than all that is kept: it goes on and was seen, but counts for nothing else.
    if (as === 'let_go') {
      const facts = excluded === undefined ? sawAlso(state.facts, activity, key, model, context.items) : state.facts;
      return settle(state, { ...state, ...retention, facts }, { ...cause, historic: true }, context);
    }
    const counts = as === 'counting' && model !== undefined && excluded === undefined;
    const added = counts ? matchesOf(activity, model, context.loggedAt) : NO_MATCHES;
    const all = withMatches(state.matches, added);
    const { gone, left } = replaced === undefined ? { gone: NO_MATCHES, left: all } : withoutActivity(all, replaced);
    const isHistoric = excluded === undefined ? historic : state.historic === true;
    const facts = heard(state.facts, activity, key, excluded !== undefined, model, context.items, context.loggedAt);
    const after = leadScore(left, retention, facts, isHistoric);
    return settle(state, after, cause, context, items, { before: state.matches, all, after: left, added, gone });
  }

  function onMovedOut(state: LeadScore, moved: MovedOut, context: Context): Result {
    const model = models.current(context.shared);
    const key = itemKey(moved);
    const { gone, left } = withoutActivity(state.matches, moved);
    const item = context.items.get(key) as Kept | undefined;
    const retention = release(state, key, item, context.items, most);
    const facts = unheard(state, retention, key, item, model, context.items, context.loggedAt);
    const after = leadScore(left, retention, facts, state.historic === true);
    const cause: Cause = { cause: 'moved_out', cause_id: moved.event_id, historic: true, moved_out: moved };
    const difference = { before: state.matches, all: state.matches, after: left, added: NO_MATCHES, gone };
    return settle(state, after, cause, context, [{ key, value: undefined }], difference);
  }

  function onMerged(state: LeadScore, merged: Merged, context: Context): Result {
    const cause: Cause = { cause: 'merged', cause_id: merged.cause_event_id, historic: true, merged };
    return settle(state, NOTHING, cause, context, forgetAll(context.items));
  }

  function onAddresses(state: LeadScore, addresses: AddressesChanged, context: Context): Result {
    const cause: Cause = { cause: 'addresses', cause_id: addresses.cause_event_id, historic: true, addresses };
    const model = models.current(context.shared);
    const now = seenUnder(state.facts, model, context.items);
    const facts = owning(now, addresses.addresses, context.items, context.loggedAt);
    return settle(state, { ...state, facts }, cause, context);
  }

  /** A join changes no score: what stage and trigger have decided goes on to another lead. */
  function onJoin(
    state: LeadScore,
    join: Pick<Cause, 'cause' | 'cause_id' | 'join_opened' | 'join_closed'>,
    context: Context,
  ): Result {
    const facts = seenUnder(state.facts, models.current(context.shared), context.items);
    return settle(state, { ...state, facts }, { ...join, historic: true }, context);
  }

  /** The record's output: facts and the score before and after, all at logged time. `difference`: of the matches, if it is known. */
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
    const said = tell(before.facts, after.facts, at);
    const { staff: wasStaff } = said.was;
    const { staff } = said.now;
    const counting = staff ? NO_MATCHES : after.matches;
    const known = staff || wasStaff ? undefined : difference;
    const walked = known === undefined ? undefined : walk(known, at, pricing, columns);
    const { effect, masses, disqualifying } =
      walked ?? compared(wasStaff ? NO_MATCHES : before.matches, counting, at, pricing);
    const due = nextDue(counting, at, pricing.modelOf, knownColumns(counting, columns))?.at;
    const { fading, validUntil } = compositionAfter(masses, due, counting, at, pricing);
    const model = models.current(context.shared);
    const crossing =
      model === undefined ? undefined : notCrossedBefore(at, effect.after, masses, model.stages.thresholds);
    const state = said.after === after.facts ? after : { ...after, facts: said.after };
    const isOfStaff = staff && cause.activity !== undefined && (cause.excluded ?? null) === null;
    const toldCause: Cause = isOfStaff ? { ...cause, excluded: 'internal' } : cause;
    return {
      state: isNothing(state) ? undefined : state,
      emit: [
        scored(context, at, null, toldCause, effect, standingOf(said.now, disqualifying, context), {
          facts: said.told,
          seen: seenOf(state.facts.seen),
          fading,
          valid_until: validUntil,
        }),
      ],
      wakeAt: earlier(earlier(due, crossing), nextFact(state.facts, at)),
      items,
    };
  }

  function standingOf(facts: Facts, contributions: Parameters<typeof disqualifiedBy>[0], context: Context): Standing {
    const { modelOf, scoring } = pricingAt(context);
    const fit = fitOf(facts, scoring);
    return { grade: fit?.grade ?? '', disqualified: disqualifiedBy(contributions, fit, scoring, modelOf) };
  }

  function pricingAt({ shared }: Context): Pricing {
    return { modelOf: (version) => models.of(shared, version), scoring: models.current(shared)?.scoring };
  }

  return {
    name: 'score',
    describe: ({ type, value }) => ({
      // What identify has heard is about identify alone.
      key: 'lead_id' in value && type !== 'JoinAnswered' ? value.lead_id : null,
      seq: value.seq,
      loggedAt: value.logged_at,
    }),
    keyOf: ({ type, value }) => (type === 'Scored' ? value.lead_id : null),
    initialShared: NO_MODEL,
    broadcast(shared, message) {
      if (message.type === 'ModelApplied') return { shared: applied(shared, message.value), pass: message };
      const { type } = message;
      return { shared, pass: type === 'Tick' || type === 'Cost' || type === 'Watermark' ? message : undefined };
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
          return onAddresses(state, message.value, context);
        case 'JoinOpened': {
          const { value } = message;
          const cause = { cause: 'join_opened', cause_id: value.cause_event_id, join_opened: value } as const;
          return onJoin(state, cause, context);
        }
        case 'JoinClosed': {
          const { value } = message;
          const cause = { cause: 'join_closed', cause_id: value.cause_event_id, join_closed: value } as const;
          return onJoin(state, cause, context);
        }
        case 'JoinAnswered':
        case 'Tick':
        case 'Watermark':
        case 'Cost':
        case 'ModelApplied':
          throw new Error(`${message.type} concerns no single lead`);
      }
    },
    wake(state, due, context) {
      const pricing = pricingAt(context);
      const { modelOf } = pricing;
      const said = tell(state.facts, state.facts, due);
      const matches = said.now.staff ? NO_MATCHES : state.matches;
      const model = models.current(context.shared);
      const waiting = nextDue(matches, due, modelOf);
      const next = earlier(nextDue(matches, due + 1, modelOf)?.at, crossingAfter(matches, due, model, pricing));
      const after = contributionsAt(matches, due, 'inclusive', pricing);
      const counts = waiting?.at === due;
      const crosses = crossesAt(matches, due, scoreOf(after), model, pricing);
      const woken = { ...state, facts: seenUnder(said.after, model, context.items) };
      const wakeAt = earlier(next, nextFact(woken.facts, due));
      if (!counts && !crosses && said.told === null) return { state: woken, emit: [], wakeAt };
      const counted = said.was.staff ? NO_MATCHES : state.matches;
      const before = counts || counted !== matches ? contributionsAt(counted, due, 'exclusive', pricing) : after;
      const cause: Cause = {
        cause: 'wake',
        cause_id: `${counts ? waiting.rule : crosses ? 'threshold' : 'facts'}@${due}`,
        historic: counts ? waiting.historic : state.historic === true,
      };
      const standing = standingOf(said.now, after, context);
      const { fading, validUntil } = compositionAt(matches, due, pricing);
      const known = {
        facts: said.told,
        seen: seenOf(woken.facts.seen),
        fading,
        valid_until: validUntil,
      };
      return {
        state: woken,
        emit: [scored(context, due, due, cause, effectOf(before, after, due), standing, known)],
        wakeAt,
      };
    },
  };
}

const NO_ITEMS: readonly Change[] = [];
const NO_MATCHES: readonly Match[] = [];

function leadScore(matches: readonly Match[], retention: Retention, facts: LeadFacts, historic: boolean): LeadScore {
  const { kept, full, lasting, closed } = retention;
  if (full === undefined && lasting === undefined && closed === undefined) {
    return historic ? { matches, kept, facts, historic } : { matches, kept, facts };
  }
  const lead = { matches, ...retention, facts };
  return historic ? { ...lead, historic } : lead;
}

/** Nothing is left to hold of the lead. */
function isNothing({ kept, lasting, closed, matches, facts }: LeadScore): boolean {
  if (kept > 0 || matches.length > 0) return false;
  return lasting === undefined && closed === undefined && facts.addresses.length === 0;
}

function none(matches: readonly Match[]): Difference {
  return { before: matches, all: matches, after: matches, added: NO_MATCHES, gone: NO_MATCHES };
}
