import type { Log } from '#lib/flow/log';
import { recordsOf } from '#lib/flow/merge';
import { type ActivityMessage, TOPICS } from '#schemas/topics';

const PLACE = { topic: TOPICS.activity, partition: 0 };
/** How many records to look back through at first. */
const PAGE = 1000;

/** The version of the model in force, empty before the first one: looked for from the end of the log backwards. */
export async function modelInForce(log: Log): Promise<string> {
  const end = await log.end(PLACE);
  const start = await log.start(PLACE);
  for (let back = PAGE, until = end; until > start; back *= 4) {
    const from = Math.max(start, end - back);
    const reader = log.reader<ActivityMessage>(PLACE, from);
    let found: string | undefined;
    try {
      for await (const { value } of recordsOf({ reader, end: until }, new AbortController().signal)) {
        if ('type' in value && value.type === 'ModelApplied') found = value.value.model_version;
      }
    } finally {
      await reader.close();
    }
    if (found !== undefined) return found;
    until = from;
  }
  return '';
}
