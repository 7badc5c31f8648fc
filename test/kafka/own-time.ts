import type { Log } from '#lib/flow/log';
import { type EventMessage, TOPICS } from '#schemas/topics';
import type { ArrivingLine } from '#test/given/disturbed';
import { submitted } from '#test/given/identify';
import { collected, shipped } from '#test/given/lines';
import { inOwnTime } from '#test/given/own-time';

/** Records that are published together, at most. */
const AT_ONCE = 500;

/**
 * What collect makes of lines as they arrive, and the shipped model before them, as records that bring their own time into an
 * empty log: received in the order of arrival, so that what comes late is late wherever it is played.
 */
export async function inTheirOwnTime(lines: readonly ArrivingLine[]): Promise<readonly EventMessage[]> {
  const [start = 0, end = 0] = [lines[0]?.arrived, lines.at(-1)?.arrived];
  const events = await collected(lines);
  const finished = { import_id: '', received_at: end, own_time: true };
  return inOwnTime([submitted(shipped, start), ...events, { type: 'ImportFinished', value: finished }]);
}

/** Publishes them in their order. */
export async function publishAll(log: Log, messages: readonly EventMessage[]): Promise<void> {
  for (let from = 0; from < messages.length; from += AT_ONCE) {
    const records = messages.slice(from, from + AT_ONCE);
    await log.publish(records.map((value) => ({ topic: TOPICS.events, partition: 0, key: null, value })));
  }
}
