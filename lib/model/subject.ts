import type { Subject } from '#lib/model/model';
import type { Activity } from '#schemas/generated/records';

/** What conditions see of an activity; its properties are parsed when first asked for. */
export function subjectOf(activity: Activity): Subject {
  return new LazySubject(activity);
}

class LazySubject implements Subject {
  #properties: Subject['properties'] | undefined;

  constructor(readonly activity: Activity) {}

  get properties(): Subject['properties'] {
    this.#properties ??= propertiesOf(this.activity.properties);
    return this.#properties;
  }
}

/** Text that is no JSON object has no properties: a condition on one is then false. */
function propertiesOf(text: string): Subject['properties'] {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function isObject(value: unknown): value is Subject['properties'] {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
