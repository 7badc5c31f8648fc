import type { Activity, Contribution, Story, StoryActivity } from '#schemas/generated/records';

const LINES = 20;

/** Properties that say what an activity was about, the most telling first. */
const SUBJECTS = ['asset_id', 'asset_type', 'form_id', 'webinar_id', 'template', 'email_id', 'plan', 'title'];

/** The newest activities with one more; by occurred_at, newest first. */
export function withActivity(
  recent: readonly StoryActivity[],
  activity: Activity,
  properties: () => { readonly [name: string]: unknown },
): readonly StoryActivity[] {
  const { event_id, name, occurred_at, path } = activity;
  const place = recent.findIndex((line) => line.occurred_at <= occurred_at);
  if (place === -1 && recent.length >= LINES) return recent;
  const line: StoryActivity = { event_id, name, occurred_at, what: path ?? whatOf(properties()) };
  const at = place === -1 ? recent.length : place;
  return [...recent.slice(0, at), line, ...recent.slice(at)].slice(0, LINES);
}

export function withoutActivity(recent: readonly StoryActivity[], eventId: string): readonly StoryActivity[] {
  return recent.some(({ event_id }) => event_id === eventId)
    ? recent.filter(({ event_id }) => event_id !== eventId)
    : recent;
}

export function storyOf(recent: readonly StoryActivity[], reasons: readonly Contribution[]): Story {
  return { activities: recent, contributions: reasons };
}

function whatOf(properties: { readonly [name: string]: unknown }): string | null {
  for (const name of SUBJECTS) {
    const value = properties[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
