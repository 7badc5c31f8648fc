import { connectLog } from '#app/kafka/connection';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { createDrain } from '#test/chaos/kafka/drain';
import type { Fleet } from '#test/chaos/kafka/fleet/fleet';
import type { Layout } from '#test/chaos/kafka/fleet/layout';

/** A tick that comes while everybody leaves has to be worked off first: after so many tries something is wrong. */
const TRIES = 6;

/** Services that are broken on purpose may go on for ever: after so long, ms, they do not come to rest. */
const PATIENCE = 240_000;

/** Everything that is logged is worked off; then all leave, who brings new time first. */
export async function comeToRest(
  fleet: Fleet,
  layout: Layout,
  settings: KafkaRuntimeSettings,
  report: (problem: string) => void,
): Promise<void> {
  const log = await connectLog(settings, () => {});
  try {
    const drain = createDrain(log, performance.now() + PATIENCE);
    let stuck: string | undefined;
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      fleet.restore();
      const down = await fleet.ready();
      stuck = down.length > 0 ? down.join('; ') : await drain.untilIdle();
      if (stuck !== undefined) break;
      const failed = await fleet.leave('identify');
      if (layout.name === 'separate') await drain.untilIdle();
      for (const problem of [...failed, ...(await fleet.leave())]) report(problem);
      stuck = await drain.behind();
      if (stuck === undefined) return;
    }
    report(`it does not come to rest: ${stuck}`);
  } finally {
    await log.close();
  }
}
