import type { Model } from '#lib/model/model';
import { withConsent } from '#services/trigger/consent';
import type { Fact } from '#services/trigger/fact';
import { occurrenceId, withoutOccurrence } from '#services/trigger/occurrences';
import type { TriggerState } from '#services/trigger/state';
import { withActivity, withoutActivity } from '#services/trigger/windows';

/** What a record adds to or takes from the memory of a lead, before anything is judged; the same memory if that is nothing. */
export function noted(state: TriggerState, fact: Fact, model: Model | undefined, loggedAt: number): TriggerState {
  if (fact.kind === 'moved_out') {
    if (state.windows.length === 0 && state.optOuts.length === 0) return state;
    const id = occurrenceId(fact.movedOut);
    return remembering(state, withoutActivity(state.windows, id), withoutOccurrence(state.optOuts, id));
  }
  if (!('activity' in fact)) return state;
  return remembering(
    state,
    withActivity(state.windows, model?.programs ?? [], fact.activity, loggedAt),
    withConsent(state.optOuts, fact.activity),
  );
}

function remembering(
  state: TriggerState,
  windows: TriggerState['windows'],
  optOuts: TriggerState['optOuts'],
): TriggerState {
  return windows === state.windows && optOuts === state.optOuts ? state : { ...state, windows, optOuts };
}
