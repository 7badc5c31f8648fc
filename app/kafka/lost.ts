import type { Hosted } from '#app/kafka/hosted';
import { readPositions } from '#app/kafka/lag';
import { FlowError } from '#lib/flow/errors';
import type { Log } from '#lib/flow/log';

/**
 * Rejects with `position_lost` if the group of a service that has written has no position any more: nothing has started
 * then. Tasks look again when they open, for offsets may go at any time.
 */
export async function refuseLostPositions(services: readonly Hosted[], log: Log): Promise<void> {
  const lines = await Promise.all(services.map((service) => lineOf(service, log)));
  const lost = lines.filter((line) => line !== undefined);
  if (lost.length > 0) throw new FlowError('position_lost', lost.join('; '), { retriable: false });
}

async function lineOf(hosted: Hosted, log: Log): Promise<string | undefined> {
  const { service, sharing, writes } = hosted;
  const shareOf = (topic: string, partition: number) =>
    Math.floor(partition / (log.partitions(topic) / sharing.shares));
  const positions = await readPositions(hosted, log);
  const missing = positions.flatMap(({ input, position }) => (position === undefined ? [input] : []));
  if (missing.length === 0) return undefined;
  const written = new Set<number>();
  for (const topic of writes) {
    for (let partition = 0; partition < log.partitions(topic); partition++) {
      if ((await log.end({ topic, partition })) > 0) written.add(shareOf(topic, partition));
    }
  }
  const lost = missing.filter(({ topic, partition }) => written.has(shareOf(topic, partition)));
  if (lost.length === 0) return undefined;
  const places = lost.map(({ topic, partition }) => `${topic}/${partition}`).join(', ');
  return `${service} has written before but its position in ${places} is gone, and starting from 0 would send everything again; find it from what was written, with: leadstream recover ${service}`;
}
