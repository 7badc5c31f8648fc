import type { Outgoing } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';

/** Nobody waits longer than this to publish, ms: an outage behind the log is no reason not to take events. */
export const LONGEST_WAIT = 1000;

/** How often whoever waits looks again, ms. */
const LOOK_AGAIN = 5;

type Publish = (records: readonly Outgoing[]) => Promise<void>;

/**
 * Publishes as long as those who work it off keep up; else first come, first served, and the next one waits, so that what is
 * published is worked off soon. `isBehind` is told how many records are on their way into the log.
 */
export function paced(publish: Publish, isBehind: (onTheirWay: number) => Promise<boolean>, clock: Clock): Publish {
  let onTheirWay = 0;
  /** Resolves when the last in line has been let in. */
  let line: Promise<void> = Promise.resolve();

  async function letIn(before: Promise<void>, until: number): Promise<void> {
    await before;
    while (clock.now() < until && (await isBehind(onTheirWay))) await clock.sleep(LOOK_AGAIN);
  }

  return async (records) => {
    const entry = letIn(line, clock.now() + LONGEST_WAIT);
    line = entry.catch(() => {}); // who waits for it is told
    await entry;
    onTheirWay += records.length;
    try {
      await publish(records);
    } finally {
      onTheirWay -= records.length;
    }
  };
}
