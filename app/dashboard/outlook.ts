import type { Outlook } from '#app/dashboard/api';
import { type Fading, pointsAt } from '#app/dashboard/decay';

const DAY = 86_400_000;
const NAMED = 3;
const WORTH_NAMING = 0.005;

/** What becomes of a score after `at` (ms) if nothing more happens. */
export function outlookOf(fading: readonly Fading[], at: number): Outlook {
  const changes = fading.map((entry) => ({
    event_id: entry.contribution.event_id,
    rule: entry.contribution.rule,
    change: pointsAt(entry, at + 7 * DAY) - entry.contribution.points,
  }));
  const next = changes
    .filter((entry) => Math.abs(entry.change) >= WORTH_NAMING)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change))
    .slice(0, NAMED);
  return { in_7_days: scoreAt(fading, at + 7 * DAY), in_30_days: scoreAt(fading, at + 30 * DAY), next };
}

function scoreAt(fading: readonly Fading[], at: number): number {
  return fading.reduce((sum, entry) => sum + pointsAt(entry, at), 0);
}
