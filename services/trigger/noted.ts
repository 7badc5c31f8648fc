import type { Model } from '#lib/model/model';
import { UNSUBSCRIBED, withConsent } from '#services/trigger/consent';
import type { Fact } from '#services/trigger/fact';
import { occurrenceId, withoutOccurrence } from '#services/trigger/occurrences';
import { withSend } from '#services/trigger/sends';
import type { Send, TriggerState } from '#services/trigger/state';
import { withActivity, withoutActivity } from '#services/trigger/windows';

/** What a record adds to or takes from the memory of a lead, before anything is judged; the same memory if that is nothing. */
export function noted(state: TriggerState, fact: Fact, model: Model | undefined, loggedAt: number): TriggerState {
  if (fact.kind === 'moved_out') {
    const { windows, optOuts, sends } = state;
    if (windows.length === 0 && optOuts.length === 0 && sends === undefined) return state;
    const id = occurrenceId(fact.movedOut);
    const left = remembering(state, withoutActivity(windows, id), withoutOccurrence(optOuts, id));
    return sends === undefined ? left : sending(left, withoutOccurrence(sends, id));
  }
  if (fact.kind === 'excluded') {
    const { excluded } = fact;
    return excluded.name === UNSUBSCRIBED
      ? remembering(state, state.windows, withConsent(state.optOuts, excluded))
      : state;
  }
  if (!('activity' in fact)) return state;
  const after = remembering(
    state,
    withActivity(state.windows, model?.programs ?? [], fact.activity, loggedAt),
    withConsent(state.optOuts, fact.activity),
  );
  return sending(after, withSend(state.sends, fact.activity));
}

function sending(state: TriggerState, sends: readonly Send[]): TriggerState {
  return sends === state.sends || (sends.length === 0 && state.sends === undefined) ? state : { ...state, sends };
}

function remembering(
  state: TriggerState,
  windows: TriggerState['windows'],
  optOuts: TriggerState['optOuts'],
): TriggerState {
  return windows === state.windows && optOuts === state.optOuts ? state : { ...state, windows, optOuts };
}
