import { objectIn } from '#lib/json/object';
import type { Subject } from '#lib/model/model';
import type { Activity } from '#schemas/generated/records';

/** What conditions see of an activity; its properties are parsed when first asked for, and once while it is the last one. */
export function subjectOf(activity: Activity): Subject {
  if (last?.activity !== activity) last = new LazySubject(activity);
  return last;
}

/** Neighbouring folds ask about the same activity one after another. */
let last: LazySubject | undefined;

class LazySubject implements Subject {
  /** Text that is no JSON object has no properties: a condition on one is then false. */
  #properties: Subject['properties'] | undefined;

  constructor(readonly activity: Activity) {}

  get properties(): Subject['properties'] {
    this.#properties ??= objectIn(this.activity.properties);
    return this.#properties;
  }
}
