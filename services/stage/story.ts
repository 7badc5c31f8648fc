import { timeKey } from '#lib/flow/table';
import type { Activity, Contribution, Story, StoryActivity } from '#schemas/generated/records';

/** A line of a lead's story as its state keeps it: the time, then the line as JSON. Sorts by time; a text is cheap to keep. */
export type Line = string;

const LINES = 20;

/** Length of the time in front of a line. */
const TIME = timeKey(0).length;

/** Properties that say what an activity was about, the most telling first. */
const SUBJECTS = ['asset_id', 'asset_type', 'form_id', 'webinar_id', 'template', 'email_id', 'plan', 'title'];

/** The newest activities with one more; by occurred_at, newest first. */
export function withActivity(
  recent: readonly Line[],
  { event_id, name, occurred_at, path }: Activity,
  properties: () => { readonly [name: string]: unknown },
): readonly Line[] {
  const time = timeKey(occurred_at);
  const place = recent.findIndex((line) => line.slice(0, TIME) <= time);
  if (place === -1 && recent.length >= LINES) return recent;
  const told: StoryActivity = { event_id, name, occurred_at, what: path ?? whatOf(properties()) };
  return recent.toSpliced(place === -1 ? recent.length : place, 0, time + JSON.stringify(told)).slice(0, LINES);
}

export function withoutActivity(recent: readonly Line[], eventId: string): readonly Line[] {
  const rest = recent.filter((line) => toldBy(line).event_id !== eventId);
  return rest.length === recent.length ? recent : rest;
}

export function storyOf(recent: readonly Line[], reasons: readonly Contribution[]): Story {
  return { activities: recent.map(toldBy), contributions: reasons };
}

function toldBy(line: Line): StoryActivity {
  return JSON.parse(line.slice(TIME)) as StoryActivity;
}

function whatOf(properties: { readonly [name: string]: unknown }): string | null {
  for (const name of SUBJECTS) {
    const value = properties[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
