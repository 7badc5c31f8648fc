import type { ExplainedScore, Outlook } from '#app/dashboard/api';
import type { Explanation } from '#app/dashboard/ports';
import type { Outlook as Ahead } from '#services/score/outlook';

/** As `leadstream explain --json` prints it too. */
export function explanationJson({ lead_id, at, score, contributions, ...more }: Explanation): ExplainedScore {
  const { grade, fit, disqualified } = more;
  const dated = contributions.map(({ event_id, rule, model_version, occurred_at, raw, points, capped }) => ({
    ...{ event_id, rule, model_version, occurred_at: isoOf(occurred_at), raw, points },
    ...{ decayed: points + capped, capped },
  }));
  return { lead_id, at: isoOf(at), score, contributions: dated, grade, fit, disqualified };
}

export function outlookJson({ next, waiting, thresholds, in_7_days, in_30_days }: Ahead): Outlook {
  return {
    next: next.map((one) => ({ ...one, ends_at: one.ends_at === null ? null : isoOf(one.ends_at) })),
    waiting: waiting.map((one) => ({ ...one, at: isoOf(one.at) })),
    thresholds: thresholds.map((one) => ({ ...one, at: isoOf(one.at) })),
    in_7_days,
    in_30_days,
  };
}

function isoOf(time: number): string {
  return new Date(time).toISOString();
}
