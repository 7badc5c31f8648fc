import type { EventMessage } from '#schemas/topics';
import { arrivalsOf, reportedIn } from '#test/given/arrivals';
import { type ArrivingLine, type Disturbance, disturbed } from '#test/given/disturbed';
import { collected } from '#test/given/lines';
import { nameOf, type Reported } from '#test/oracle/reported';

/** What the tests beside it are given: the reports of a made-up town. */

export const DAY = 86_400_000;

/** All that can go wrong with live reports. */
const ALL: readonly Disturbance[] = [
  'shared_device',
  'misattributed',
  'bots',
  'consent',
  'wrong_clock',
  'late',
  'repeated',
];

export interface Town {
  readonly lines: readonly ArrivingLine[];
  /** What collect makes of the lines. */
  readonly events: readonly EventMessage[];
  /** What the oracle reads in them. */
  readonly arrivals: ReturnType<typeof arrivalsOf>;
  /** Each report once. */
  readonly reported: readonly Reported[];
  /** When the last of them came in, ms. */
  readonly end: number;
}

export async function townOf(
  town: { readonly seed: number; readonly leads?: number; readonly days?: number },
  disturbances: readonly Disturbance[] = ALL,
): Promise<Town> {
  const lines = disturbed({ leads: 40, days: 60, ...town }, disturbances);
  const arrivals = arrivalsOf(lines);
  const reported = new Map(reportedIn(arrivals).map((event) => [nameOf(event), event]));
  return {
    lines,
    events: await collected(lines),
    arrivals,
    reported: [...reported.values()],
    end: arrivals.at(-1)?.arrived ?? 0,
  };
}

/** What was reported of a lead. */
export function reportsOf(
  lead: string,
  { reported }: Pick<Town, 'reported'>,
  owners: ReadonlyMap<string, string>,
): readonly Reported[] {
  return reported.filter((event) => owners.get(nameOf(event)) === lead);
}
