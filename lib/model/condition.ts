import { Environment } from '@marcbachmann/cel-js';
import { allowMixedNumbers } from '#lib/model/arithmetic';
import { type Comparison, comparisonsIn } from '#lib/model/comparisons';
import { type Hint, hintsIn } from '#lib/model/hints';
import { explainCondition, type Misread, misreadAt } from '#lib/model/misread';
import { mistypedAnywhere } from '#lib/model/mistyped';
import type { Subject } from '#lib/model/model';
import { propertiesNeeded, propertiesRead } from '#lib/model/reads';

/** As much of a subject as a condition can ask about. */
export interface Asked extends Pick<Subject, 'properties'> {
  readonly activity: Pick<Subject['activity'], TextField>;
}

type TextField = 'name' | 'path' | 'url' | 'referrer' | 'title' | 'source' | 'medium' | 'campaign';

export type Matches = (subject: Asked) => boolean;

/** A condition, checked and ready: true or false of a subject, never an error. */
export interface Condition {
  readonly ok: true;
  readonly matches: Matches;
  /** Names of the properties it reads. */
  readonly reads: readonly string[];
  /** What it compares with what. */
  readonly hints: readonly Hint[];
  /** What it reads and compares with a value that is written out. */
  readonly comparisons: readonly Comparison[];
  /** As it was written; empty: it always holds. */
  readonly text: string;
}

export const ALWAYS: Matches = () => true;

/** What conditions call `event`. A text that an activity does not have is empty. */
class EventView {
  subject: Asked | undefined;

  get name(): string {
    return this.subject?.activity.name ?? '';
  }
  get path(): string {
    return this.subject?.activity.path ?? '';
  }
  get url(): string {
    return this.subject?.activity.url ?? '';
  }
  get referrer(): string {
    return this.subject?.activity.referrer ?? '';
  }
  get title(): string {
    return this.subject?.activity.title ?? '';
  }
  get source(): string {
    return this.subject?.activity.source ?? '';
  }
  get medium(): string {
    return this.subject?.activity.medium ?? '';
  }
  get campaign(): string {
    return this.subject?.activity.campaign ?? '';
  }
  get properties(): Subject['properties'] {
    return this.subject?.properties ?? {};
  }
}

/** What a condition can ask of an event. */
export const EVENT_FIELDS: readonly string[] = [
  'name',
  'path',
  'url',
  'referrer',
  'title',
  'source',
  'medium',
  'campaign',
  'properties',
];

const EVENT = { name: 'event', fields: EVENT_FIELDS, open: 'properties', example: 'event.path == "/pricing"' };

const ENVIRONMENT = createEnvironment();

function createEnvironment(): Environment {
  const texts = EVENT_FIELDS.filter((field) => field !== 'properties').map((field) => [field, 'string']);
  const fields = { ...Object.fromEntries(texts), properties: 'map<string, dyn>' };
  const environment = new Environment({ homogeneousAggregateLiterals: false })
    .registerType('Event', { ctor: EventView, fields })
    .registerVariable('event', 'Event');
  allowMixedNumbers(environment);
  return environment;
}

/**
 * Compiles a CEL expression over `event`. It is parsed and checked once; a call evaluates only. Where it cannot be
 * evaluated (a property that this event does not have, a text where a number is compared), it is false.
 */
export function compileCondition(text: string): Condition | Misread {
  const checked = ENVIRONMENT.check(text);
  if (!checked.valid) return explainCondition(text, checked.error, EVENT);
  if (checked.type !== 'bool' && checked.type !== 'dyn') {
    const problem = `the condition gives ${checked.type ?? 'something else'}, not yes or no`;
    return { ok: false, problem, remedy: 'compare it, like `event.path == "/pricing"`', within: 0 };
  }
  const evaluate = ENVIRONMENT.parse(text);
  const comparisons = comparisonsIn(evaluate.ast);
  const mistyped = misreadAt(text, comparisons, mistypedAnywhere);
  if (mistyped !== undefined) return mistyped;
  const event = new EventView();
  const context = { event };
  const needed = propertiesNeeded(evaluate.ast);
  const matches: Matches = (subject) => {
    for (const name of needed) if (!Object.hasOwn(subject.properties, name)) return false;
    event.subject = subject;
    try {
      return evaluate(context) === true;
    } catch {
      return false;
    } finally {
      event.subject = undefined;
    }
  };
  return { ok: true, matches, reads: propertiesRead(evaluate.ast), hints: hintsIn(evaluate.ast), comparisons, text };
}
