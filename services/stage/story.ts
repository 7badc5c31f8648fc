import { TIME_LENGTH, timeIn, timeKey } from '#lib/flow/table';
import { subjectOf } from '#lib/model/subject';
import type { Activity, Contribution, Story, StoryActivity } from '#schemas/generated/records';

/** A line of a lead's story as its state keeps it: the time, then [event id, name, what] as JSON. A text is cheap to keep. */
export type Line = string;

/** A reason as the state keeps it: without the names of its fields, which would take half of its room. */
export type Reason = readonly [
  event_id: string,
  rule: string,
  model_version: string,
  occurred_at: number,
  raw: number,
  points: number,
];

const LINES = 20;

/** Properties that say what an activity was about, the most telling first. */
const SUBJECTS = ['asset_id', 'asset_type', 'form_id', 'webinar_id', 'template', 'email_id', 'plan', 'title'];

/** The newest activities with one more; by occurred_at, newest first. */
export function withActivity(recent: readonly Line[], activity: Activity): readonly Line[] {
  const time = timeKey(activity.occurred_at);
  const older = recent.findIndex((line) => line.slice(0, TIME_LENGTH) <= time);
  const place = older === -1 ? recent.length : older;
  if (place >= LINES) return recent;
  const { event_id, name, path } = activity;
  const lines = recent.toSpliced(place, 0, time + JSON.stringify([event_id, name, path ?? whatOf(activity)]));
  if (lines.length > LINES) lines.pop();
  return lines;
}

/** The lines without an activity's; the same list if it has none. */
export function withoutActivity(
  recent: readonly Line[],
  { event_id, occurred_at }: Pick<Activity, 'event_id' | 'occurred_at'>,
): readonly Line[] {
  const beginning = `${timeKey(occurred_at)}[${JSON.stringify(event_id)},`;
  const isOf = (line: Line) => line.startsWith(beginning);
  return recent.some(isOf) ? recent.filter((line) => !isOf(line)) : recent;
}

export function reasonOf({ event_id, rule, model_version, occurred_at, raw, points }: Contribution): Reason {
  return [event_id, rule, model_version, occurred_at, raw, points];
}

export function storyOf(recent: readonly Line[], reasons: readonly Reason[]): Story {
  return { activities: recent.map(toldBy), contributions: reasons.map(contributionOf) };
}

function toldBy(line: Line): StoryActivity {
  const [event_id, name, what] = JSON.parse(line.slice(TIME_LENGTH)) as [string, string, string | null];
  return { event_id, name, occurred_at: timeIn(line), what };
}

function contributionOf([event_id, rule, model_version, occurred_at, raw, points]: Reason): Contribution {
  return { event_id, rule, model_version, occurred_at, raw, points, capped: 0 };
}

function whatOf(activity: Activity): string | null {
  const { properties } = subjectOf(activity);
  for (const name of SUBJECTS) {
    const value = properties[name];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
