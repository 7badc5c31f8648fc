import type { ExplainedInPart } from '#app/dashboard/api';
import { explanationJson } from '#app/dashboard/explanation-json';
import type { Explanation } from '#app/dashboard/ports';
import { totalOf } from '#app/dashboard/total';
import { weightOf } from '#app/dashboard/weight';

/** The explanation with its `most` largest contributions (all, unless told), in order of their dates; the others are summed up. */
export function explainedInPart(explanation: Explanation, most = Number.POSITIVE_INFINITY): ExplainedInPart {
  const { contributions } = explanation;
  const bySize = contributions.toSorted((a, b) => weightOf(b) - weightOf(a));
  const shown = new Set(bySize.slice(0, most));
  return {
    ...explanationJson({ ...explanation, contributions: contributions.filter((one) => shown.has(one)) }),
    rest: totalOf(bySize.slice(most)),
  };
}
