import type { Outgoing } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';

/** Nobody waits longer than this to publish, ms: an outage behind the log is no reason not to take events. */
export const LONGEST_WAIT = 1000;

/** Who brings no more records than this goes before those who bring more. */
const FEW = 10;

/** How often whoever waits looks again, ms. */
const LOOK_AGAIN = 5;

type Publish = (records: readonly Outgoing[]) => Promise<void>;

/**
 * Publishes as long as those who work it off keep up; else one after another, first come, first served, and who brings few
 * before who brings many, so that what is published is worked off soon. `isBehind` is told how many records are on their way
 * into the log.
 */
export function paced(publish: Publish, isBehind: (onTheirWay: number) => Promise<boolean>, clock: Clock): Publish {
  let onTheirWay = 0;
  let fewWait = 0;
  /** Resolve when the last in line has been let in. */
  const lines = { few: Promise.resolve(), many: Promise.resolve() };

  async function letIn(line: keyof typeof lines): Promise<void> {
    const since = clock.now();
    await lines[line];
    // A clock that is set back keeps nobody waiting.
    for (let now = clock.now(); now >= since && now < since + LONGEST_WAIT; now = clock.now()) {
      if ((line === 'few' || fewWait === 0) && !(await isBehind(onTheirWay))) return;
      await clock.sleep(LOOK_AGAIN);
    }
  }

  return async (records) => {
    const line = records.length > FEW ? 'many' : 'few';
    const entry = letIn(line);
    lines[line] = entry.catch(() => {}); // who waits for it is told
    if (line === 'few') fewWait++;
    try {
      await entry;
    } finally {
      if (line === 'few') fewWait--;
    }
    onTheirWay += records.length;
    try {
      await publish(records);
    } finally {
      onTheirWay -= records.length;
    }
  };
}
