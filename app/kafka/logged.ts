import type { Logged } from '#app/import/deps';
import type { Log } from '#lib/flow/log';
import { recordsOf } from '#lib/flow/merge';
import type { TopicPartition } from '#lib/flow/position';
import { type ActivityMessage, TOPICS } from '#schemas/topics';

/** How many records to look back through at first. */
const PAGE = 1000;

/**
 * Where the log stands, by what identify has decided; undefined if nothing was ever logged. It is looked for from the
 * ends of lead.activity backwards.
 */
export async function loggedSoFar(log: Log): Promise<Logged | undefined> {
  let at: number | undefined;
  let ownTime = false;
  for (let partition = 0; partition < log.partitions(TOPICS.activity); partition++) {
    for await (const { value } of recordsBackwards(log, { topic: TOPICS.activity, partition })) {
      at = Math.max(at ?? 0, value.logged_at);
      break;
    }
  }
  // ticks and models, which tell whose time it is, are in every partition
  for await (const message of recordsBackwards(log, { topic: TOPICS.activity, partition: 0 })) {
    if (message.type !== 'Tick' && message.type !== 'ModelApplied') continue;
    ownTime = message.value.own_time;
    break;
  }
  return at === undefined ? undefined : { at, ownTime };
}

async function* recordsBackwards(log: Log, place: TopicPartition): AsyncGenerator<ActivityMessage> {
  const start = await log.start(place);
  for (let back = PAGE, until = await log.end(place); until > start; back *= 4) {
    const from = Math.max(start, until - back);
    const reader = log.reader<ActivityMessage>(place, from);
    const page: ActivityMessage[] = [];
    try {
      for await (const { value } of recordsOf({ reader, end: until }, new AbortController().signal)) {
        if ('type' in value) page.push(value);
      }
    } finally {
      await reader.close();
    }
    yield* page.reverse();
    until = from;
  }
}
