import type { Program, ProgramEntry } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import type { Activity } from '#schemas/generated/records';
import {
  countWithin,
  MOST_OCCURRENCES,
  newest,
  occurrenceId,
  withOccurrence,
  withoutOccurrence,
} from '#services/trigger/occurrences';
import type { CountWindow } from '#services/trigger/state';

/** An activity received later than this after it occurred is historic (identify's rule), ms. */
const LIVE_FOR = 24 * 60 * 60 * 1000;

type Windows = readonly CountWindow[];
type BehaviourEntry = Extract<ProgramEntry, { kind: 'behaviour' }>;

/** Notes an activity with every program that counts such; the same windows if none does. `loggedAt` in ms since 1970 UTC. */
export function withActivity(
  windows: Windows,
  programs: readonly Program[],
  activity: Activity,
  loggedAt: number,
): Windows {
  let noted = windows;
  for (const { id, enter } of programs) {
    if (enter.kind !== 'behaviour' || enter.count <= 1 || enter.name !== activity.name) continue;
    if (enter.matches(subjectOf(activity))) noted = noteIn(noted, id, enter, activity, loggedAt);
  }
  return noted;
}

/** Takes an activity out of every window; a window left empty is gone. The same windows if it is in none. */
export function withoutActivity(windows: Windows, id: string): Windows {
  if (!windows.some((window) => window.occurrences.some((one) => one.id === id))) return windows;
  return windows
    .map((window) => ({ ...window, occurrences: withoutOccurrence(window.occurrences, id) }))
    .filter((window) => window.occurrences.length > 0);
}

/** Forgets the windows that no live activity can count any more. */
export function openAfter(windows: Windows, time: number): Windows {
  return windows.every((window) => window.until > time) ? windows : windows.filter((window) => window.until > time);
}

/** Whether enough such activities occurred, the one at hand included. */
export function countReached(windows: Windows, program: string, entry: BehaviourEntry, at: number): boolean {
  if (entry.count <= 1) return true;
  const occurrences = windows.find((window) => isOf(window, program, entry))?.occurrences ?? [];
  return countWithin(occurrences, at, entry.within) >= entry.count;
}

function noteIn(
  windows: Windows,
  program: string,
  entry: BehaviourEntry,
  activity: Activity,
  loggedAt: number,
): Windows {
  const occurrence = { id: occurrenceId(activity), occurredAt: activity.occurred_at };
  const before = windows.find((window) => isOf(window, program, entry));
  const span = entry.within + LIVE_FOR;
  const all = withOccurrence(before?.occurrences ?? [], occurrence);
  const window: CountWindow = {
    program,
    name: entry.name,
    until: loggedAt + span,
    occurrences: newest(all, span, Math.max(MOST_OCCURRENCES, entry.count)),
  };
  return [...windows.filter((other) => other !== before), window];
}

function isOf(window: CountWindow, program: string, entry: BehaviourEntry): boolean {
  return window.program === program && window.name === entry.name;
}
