import type { ExplainedInPart } from '#app/dashboard/api';
import { explanationJson } from '#app/dashboard/explanation-json';
import type { Explanation } from '#app/dashboard/ports';

/** The explanation with its `most` largest contributions (all, unless told), in order of their dates; the others are summed up. */
export function explainedInPart(explanation: Explanation, most = Number.POSITIVE_INFINITY): ExplainedInPart {
  const { contributions } = explanation;
  const bySize = contributions.toSorted((a, b) => weightOf(b) - weightOf(a));
  const shown = new Set(bySize.slice(0, most));
  const others = bySize.slice(most);
  return {
    ...explanationJson({ ...explanation, contributions: contributions.filter((one) => shown.has(one)) }),
    rest: {
      count: others.length,
      points: others.reduce((sum, { points }) => sum + points, 0),
      capped: others.reduce((sum, { capped }) => sum + capped, 0),
    },
  };
}

/** A rule without points is there because it disqualifies. */
function weightOf({ raw, points }: Explanation['contributions'][number]): number {
  return raw === 0 ? Number.POSITIVE_INFINITY : Math.abs(points);
}
