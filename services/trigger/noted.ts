import type { Model } from '#lib/model/model';
import type { Fact } from '#services/trigger/fact';
import { occurrenceId, withoutOccurrence } from '#services/trigger/occurrences';
import { withSend } from '#services/trigger/sends';
import type { Send, TriggerState } from '#services/trigger/state';
import { withActivity, withoutActivity } from '#services/trigger/windows';

/** What a record adds to or takes from the memory of a lead, before anything is judged; the same memory if that is nothing. */
export function noted(state: TriggerState, fact: Fact, model: Model | undefined, loggedAt: number): TriggerState {
  if (fact.kind === 'moved_out') {
    const { windows, sends } = state;
    if (windows.length === 0 && sends === undefined) return state;
    const id = occurrenceId(fact.movedOut);
    const left = counting(state, withoutActivity(windows, id));
    return sends === undefined ? left : sending(left, withoutOccurrence(sends, id));
  }
  if (!('activity' in fact)) return state;
  const after = counting(state, withActivity(state.windows, model?.programs ?? [], fact.activity, loggedAt));
  return sending(after, withSend(state.sends, fact.activity));
}

function sending(state: TriggerState, sends: readonly Send[]): TriggerState {
  return sends === state.sends || (sends.length === 0 && state.sends === undefined) ? state : { ...state, sends };
}

function counting(state: TriggerState, windows: TriggerState['windows']): TriggerState {
  return windows === state.windows ? state : { ...state, windows };
}
