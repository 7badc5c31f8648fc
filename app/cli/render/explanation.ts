import { formatPoints, formatTime, renderTable } from '#app/cli/render/table';
import type { Explanation } from '#app/cli/reports';

export function renderExplanation(explanation: Explanation, json: boolean): string {
  const { lead_id, at, score, contributions } = explanation;
  if (json) {
    const dated = contributions.map(({ event_id, rule, model_version, occurred_at, raw, points }) => {
      return { event_id, rule, model_version, occurred_at: formatTime(occurred_at), raw, points };
    });
    return `${JSON.stringify({ lead_id, at: formatTime(at), score, contributions: dated })}\n`;
  }
  const head = `Lead ${lead_id} has ${score.toFixed(2)} points at ${formatTime(at)}.\n`;
  if (contributions.length === 0) return `${head}No activity counts at that time.\n`;
  const rows = contributions.map(({ event_id, rule, model_version, occurred_at, raw, points }) => {
    return [formatPoints(points), formatPoints(raw), rule, formatTime(occurred_at), event_id, model_version];
  });
  return `${head}${renderTable(['points', 'of', 'rule', 'occurred at', 'event', 'model'], rows)}`;
}
