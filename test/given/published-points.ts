import type { Activity } from '#schemas/generated/records';

const DAY = 86_400_000;

/** The published example's points: what each behaviour gives. */
const POINTS: Readonly<Record<string, number>> = {
  subscribed: 5,
  booking_canceled: -5,
  appointment_scheduled: 25,
  email_opened: 5,
  email_clicked: 10,
  email_replied: 15,
  trial_started: 25,
  unsubscribed: -25,
};

/** What of an activity the published points go by. */
export type Scorable = Pick<Activity, 'publisher' | 'event_id' | 'name' | 'occurred_at' | 'path' | 'properties'>;

/**
 * A lead's score at a time by the published example, computed from the set of its activities alone and without any code of
 * the score service: half-life 30 days, 400 days, opens and clicks once per mail, −10 for a mail not opened in 7 days.
 */
export function publishedScore(activities: readonly Scorable[], at: number): number {
  const dated: { readonly from: number; readonly points: number }[] = [];
  const idOf = ({ event_id, publisher }: Scorable) => `${event_id} ${publisher}`;
  const mailOf = ({ properties }: Scorable) => (JSON.parse(properties) as { email_id?: string }).email_id;
  for (const activity of activities) {
    const { name, occurred_at: from, path } = activity;
    if (name === 'page_viewed' && (path === '/pricing' || path?.startsWith('/pricing/')))
      dated.push({ from, points: 10 });
    if (name === 'email_sent') {
      const opened = activities.some(
        (other) =>
          (other.name === 'email_opened' || other.name === 'email_bounced') &&
          mailOf(other) === mailOf(activity) &&
          other.occurred_at >= from &&
          other.occurred_at <= from + 7 * DAY,
      );
      if (!opened) dated.push({ from: from + 7 * DAY, points: -10 });
    }
    const points = POINTS[name];
    if (points === undefined) continue;
    const earlier = (other: Scorable) =>
      other.name === name &&
      mailOf(other) === mailOf(activity) &&
      (other.occurred_at < from || (other.occurred_at === from && idOf(other) < idOf(activity)));
    if ((name === 'email_opened' || name === 'email_clicked') && activities.some(earlier)) continue;
    dated.push({ from, points });
  }
  return dated
    .filter(({ from }) => from <= at && at - from <= 400 * DAY)
    .reduce((sum, { from, points }) => sum + points * 0.5 ** ((at - from) / (30 * DAY)), 0);
}
