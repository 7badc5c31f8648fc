import type { Hosted } from '#app/kafka/hosted';
import { readPositions } from '#app/kafka/lag';
import { FlowError } from '#lib/flow/errors';
import type { Log } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import type { TopicPartition } from '#lib/flow/position';

/** How long after its records a position can be seen at the latest, while nothing is wrong, ms. */
const LOOK_AGAIN = 1000;

/**
 * Rejects with `position_lost` if the group of a service that has written has no position any more: nothing has started
 * then. Tasks look again when they open, for offsets may go at any time.
 */
export async function refuseLostPositions(services: readonly Hosted[], log: Log, clock: Clock): Promise<void> {
  const lines = await Promise.all(services.map((service) => lineOf(service, log, clock)));
  const lost = lines.filter((line) => line !== undefined);
  if (lost.length > 0) throw new FlowError('position_lost', lost.join('; '), { retriable: false });
}

async function lineOf(hosted: Hosted, log: Log, clock: Clock): Promise<string | undefined> {
  const { service, sharing, writes } = hosted;
  const shareOf = (topic: string, partition: number) =>
    Math.floor(partition / (log.partitions(topic) / sharing.shares));
  const missing = await missingOf(hosted, log);
  if (missing.length === 0) return undefined;
  const written = new Set<number>();
  for (const topic of writes) {
    for (let partition = 0; partition < log.partitions(topic); partition++) {
      if ((await log.end({ topic, partition })) > 0) written.add(shareOf(topic, partition));
    }
  }
  const hasWritten = ({ topic, partition }: TopicPartition) => written.has(shareOf(topic, partition));
  if (!missing.some(hasWritten)) return undefined;
  // Another instance may have written for the first time between the two looks.
  await clock.sleep(LOOK_AGAIN);
  const lost = (await missingOf(hosted, log)).filter(hasWritten);
  if (lost.length === 0) return undefined;
  const places = lost.map(({ topic, partition }) => `${topic}/${partition}`).join(', ');
  return `${service} has written before but its position in ${places} is gone, and starting from 0 would send everything again; find it from what was written, with: leadstream recover ${service}`;
}

async function missingOf(hosted: Hosted, log: Log): Promise<readonly TopicPartition[]> {
  const positions = await readPositions(hosted, log);
  return positions.flatMap(({ input, position }) => (position === undefined ? [input] : []));
}
