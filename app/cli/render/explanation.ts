import { jsonOf } from '#app/cli/render/explanation-json';
import { sentencesMissing } from '#app/cli/render/missing';
import { sentencesAhead } from '#app/cli/render/outlook';
import { formatPoints, formatTime, renderTable } from '#app/cli/render/table';
import type { Explanation, StageHeld } from '#app/cli/reports';
import { weightOf } from '#app/dashboard/weight';

export function renderExplanation(explanation: Explanation, json: boolean): string {
  if (json) return `${JSON.stringify(jsonOf(explanation))}\n`;
  const { disqualified, outlook, next_stages, at } = explanation;
  const lines = [
    headline(explanation),
    ...(disqualified === null ? [] : [`It is disqualified: ${disqualified}.`]),
    ...gradeSentences(explanation),
  ];
  const ahead = [...(outlook === null ? [] : sentencesAhead(outlook, at)), ...sentencesMissing(next_stages ?? [])];
  return `${lines.join('\n')}\n${contributionTable(explanation)}${ahead.map((line) => `${line}\n`).join('')}`;
}

function headline({ lead_id, at, score, grade, stage }: Explanation): string {
  const graded = grade === '' ? '' : ` (grade ${grade})`;
  const held = stage === null ? '' : `, and is in stage ${stage.stage} since ${entered(stage)}`;
  return `Lead ${lead_id} has ${score.toFixed(2)} points${graded} at ${formatTime(at)}${held}.`;
}

function entered({ since, visits, reason }: StageHeld): string {
  const often = visits > 1 ? `, for the ${ordinal(visits)} time` : '';
  return `${formatTime(since).slice(0, 10)}${often}${reason === '' ? '' : ` (${reason})`}`;
}

function ordinal(count: number): string {
  const kind = new Intl.PluralRules('en', { type: 'ordinal' }).select(count);
  const endings: { readonly [kind: string]: string } = { one: 'st', two: 'nd', few: 'rd' };
  return `${count}${endings[kind] ?? 'th'}`;
}

function gradeSentences({ grade, fit }: Explanation): string[] {
  if (fit === null || grade === '') return [];
  const why = fit.reasons.map(({ rule, points, disqualifies }) =>
    disqualifies === null || points !== 0 ? `${rule} ${formatPoints(points)}` : `${rule} (${disqualifies})`,
  );
  const because = why.length === 0 ? 'no rule matches its profile' : why.join(', ');
  return [`Grade ${grade} for ${formatPoints(fit.points)} points of fit: ${because}.`];
}

/** What disqualifies first, then the largest; what caps took only where they took something. */
function contributionTable({ contributions }: Explanation): string {
  if (contributions.length === 0) return 'No activity counts at that time.\n';
  const capped = contributions.some((one) => one.capped !== 0);
  const rows = contributions
    .toSorted((a, b) => weightOf(b) - weightOf(a))
    .map((one) => [
      ...(one.raw === 0 ? ['disqualifies', ''] : [formatPoints(one.points), formatPoints(one.raw)]),
      ...(capped ? [one.capped === 0 ? '' : formatPoints(-one.capped)] : []),
      one.rule,
      formatTime(one.occurred_at),
      one.event_id,
      one.model_version,
    ]);
  const headers = ['points', 'of', ...(capped ? ['caps'] : []), 'rule', 'occurred at', 'event', 'model'];
  return renderTable(headers, rows);
}
