import type { Model, Subject } from '#lib/model/model';
import { withConsent } from '#services/trigger/consent';
import type { Fact } from '#services/trigger/fact';
import { occurrenceId, withoutOccurrence } from '#services/trigger/occurrences';
import type { TriggerState } from '#services/trigger/state';
import { withActivity, withoutActivity } from '#services/trigger/windows';

/** What a record adds to or takes from the memory of a lead, before anything is judged. */
export function noted(
  state: TriggerState,
  fact: Fact,
  subject: Subject | undefined,
  model: Model | undefined,
  loggedAt: number,
): TriggerState {
  if (fact.kind === 'moved_out') {
    const id = occurrenceId(fact.movedOut);
    return {
      ...state,
      windows: withoutActivity(state.windows, id),
      optOuts: withoutOccurrence(state.optOuts, id),
    };
  }
  if (subject === undefined) return state;
  return {
    ...state,
    windows: withActivity(state.windows, model?.programs ?? [], subject, loggedAt),
    optOuts: withConsent(state.optOuts, subject.activity),
  };
}
