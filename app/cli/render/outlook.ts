import { formatPoints, formatTime } from '#app/cli/render/table';
import type { Outlook } from '#services/score/outlook';

const DAY = 86_400_000;

/** What a score will do after `at` (ms), a sentence each. */
export function sentencesAhead({ next, waiting, thresholds, in_7_days, in_30_days }: Outlook, at: number): string[] {
  if (next.length === 0 && waiting.length === 0 && thresholds.length === 0) return [];
  return [
    `If nothing more happens it has ${in_7_days.toFixed(2)} points in 7 days and ${in_30_days.toFixed(2)} in 30.`,
    ...thresholds.map(({ stage, score, direction, at: then }) => {
      const crosses = direction === 'falls_below' ? 'Falls below' : 'Rises to';
      return `${crosses} ${score} (${stage}) ${dated(then, at)}, if nothing happens.`;
    }),
    ...waiting.map(({ rule, points, at: then }) => {
      const does = points === 0 ? 'disqualifies' : formatPoints(points);
      return `Still to count: ${rule} ${does} ${dated(then, at)}.`;
    }),
    ...next.map(({ rule, points, in_7_days: then, ends_at }) => {
      const ends = ends_at === null ? '' : `; counts until ${formatTime(ends_at).slice(0, 10)}`;
      return `Changes next: ${rule}, from ${formatPoints(points)} to ${formatPoints(then)} in 7 days${ends}.`;
    }),
  ];
}

/** on 2026-12-09, in 12 days; whole days, rounded down. */
function dated(then: number, at: number): string {
  const days = Math.floor((then - at) / DAY);
  const away = days === 0 ? 'within a day' : days === 1 ? 'in 1 day' : `in ${days} days`;
  return `on ${formatTime(then).slice(0, 10)}, ${away}`;
}
