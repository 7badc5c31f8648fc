import type { Condition } from '#lib/model/condition';
import { misreadAt } from '#lib/model/misread';
import { mistypedProperty } from '#lib/model/mistyped';
import type { Path, Source } from '#lib/model/source';
import { nearest } from '#lib/model/spelling';
import { REQUIRED_PROPERTIES } from '#schemas/generated/behaviours';

/** Any property may be reported; one that looks like a property every such behaviour has is taken for a typing error. */
export function reportMisspeltProperties(
  source: Source,
  path: Path,
  behaviour: string,
  properties: readonly string[],
): void {
  const known = Object.keys(REQUIRED_PROPERTIES[behaviour] ?? {});
  for (const property of properties) {
    const meant = nearest(property, known, 2);
    if (meant === undefined) continue;
    const problem = `${property} is not a property of ${behaviour}`;
    source.report(path, problem, `did you mean ${meant}?`);
  }
}

/**
 * Reports what is wrong with a condition on a behaviour: properties that look like typing errors, and the first comparison of a
 * property with a value of another type than the behaviour declares.
 */
export function checkCondition(source: Source, path: Path, behaviour: string, condition: Condition): void {
  reportMisspeltProperties(source, path, behaviour, condition.reads);
  const { text, comparisons } = condition;
  const wrong = misreadAt(text, comparisons, (comparison) => mistypedProperty(behaviour, comparison));
  if (wrong !== undefined) source.report(path, wrong.problem, wrong.remedy, wrong.within);
}
