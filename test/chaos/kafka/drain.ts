import { setTimeout as sleep } from 'node:timers/promises';
import { type Hosted, hostedBy } from '#app/kafka/hosted';
import { RUNNABLE } from '#app/kafka/parts';
import type { Log } from '#lib/flow/log';
import { pipelineOf } from '#test/chaos/kafka/settings';

/** Whether services have worked off what is there, by the positions that they have committed. */
export interface Drain {
  /** Which services are behind, and where; undefined: none. */
  behind(): Promise<string | undefined>;
  /** Resolves when none is behind, or to those that are when nothing has moved for a while, or it is late. */
  untilIdle(): Promise<string | undefined>;
}

/** Longer than any outage that a task waits out, and a store that is built anew, ms. */
const PATIENCE = 120_000;
const LOOK_AGAIN = 250;
/** A position can be seen some milliseconds before the records of its transaction: one look is none. */
const LOOKS = 4;

/** @param late a moment of `performance.now()`: nobody waits for longer. */
export function createDrain(log: Log, late: number): Drain {
  const pipeline = pipelineOf(log);
  const services = RUNNABLE.flatMap((part) => hostedBy(part, pipeline, log));

  async function behind(): Promise<string | undefined> {
    const found = (await Promise.all(services.map((service) => behindIn(service, log)))).flat();
    return found.length === 0 ? undefined : found.join('; ');
  }
  return {
    behind,
    async untilIdle() {
      let last: string | undefined;
      let moved = performance.now();
      for (let looks = 0; looks < LOOKS; ) {
        const now = await behind().catch(() => 'the broker does not answer');
        looks = now === undefined ? looks + 1 : 0;
        if (now !== last) moved = performance.now();
        if (now !== undefined && performance.now() > Math.min(moved + PATIENCE, late)) return now;
        last = now;
        await sleep(LOOK_AGAIN);
      }
      return undefined;
    },
  };
}

/** One line for each input that a service has not worked off. A service that never ran has nothing to do. */
async function behindIn({ service, sharing, nameOf }: Hosted, log: Log): Promise<string[]> {
  const inputs = sharing.topics.flatMap((topic) =>
    Array.from({ length: log.partitions(topic) }, (_, partition) => ({ topic, partition })),
  );
  const positions = await log.positionsOf(nameOf(0), inputs);
  if (positions.every((position) => position === undefined)) return [];
  const lines = await Promise.all(
    inputs.map(async (input, i) => {
      const end = await log.end(input);
      const { offset = 0, cursor = 0 } = positions[i]?.position ?? {};
      if (offset >= end && cursor === 0) return [];
      return [`${service} is at ${offset}+${cursor} of ${end} in ${input.topic}/${input.partition}`];
    }),
  );
  return lines.flat();
}
