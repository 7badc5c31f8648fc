import type { RetryOutcome } from '#app/cli/reports';
import { messageOf } from '#lib/flow/errors';
import { type Log, type Outgoing, Undecodable } from '#lib/flow/log';
import { recordsOf } from '#lib/flow/merge';
import type { Clock, Hash } from '#lib/flow/ports';
import type { DeadLetter } from '#schemas/generated/records';
import { type DeadLetterMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { CALL_TYPES } from '#services/collect/call';
import { eventRecord } from '#services/collect/messages';
import { createNormalise, NOT_ALLOWED, TOLERANCE } from '#services/collect/normalise';
import type { Sources } from '#services/collect/source';
import { UNDECODABLE } from '#services/identify/topology';

const PLACE = { topic: TOPICS.deadLetters, partition: 0 };
const EVENTS = { topic: TOPICS.events, partition: 0 };

/** How many records to look back through at a time. */
const PAGE = 1000;

/** The newest first, at most `limit`; what was refused several times is listed once. */
export async function* newestDeadLetters(log: Log, limit: number): AsyncGenerator<DeadLetter> {
  const listed = new Set<string>();
  let end = await log.end(PLACE);
  const start = await log.start(PLACE);
  while (listed.size < limit && end > start) {
    const from = Math.max(start, end - Math.min(PAGE, limit - listed.size));
    const page: DeadLetter[] = [];
    for await (const letter of read(log, from, end)) page.push(letter);
    for (const letter of page.reverse()) {
      if (listed.has(letter.dead_letter_id)) continue;
      listed.add(letter.dead_letter_id);
      yield letter;
    }
    end = from;
  }
}

export interface RetryDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly hash: Hash;
  /** Who may report what by now. */
  readonly sources: Sources;
}

/**
 * Sends dead letters into the log again, mended or with newer code. One that is still refused stays where it is. An event
 * that was accepted meanwhile is a retry to identify, and counts once.
 */
export async function retryDeadLetters(
  log: Log,
  which: readonly string[] | 'all',
  deps: RetryDeps,
): Promise<RetryOutcome> {
  const wanted = which === 'all' ? undefined : new Set(which);
  const refused: { dead_letter_id: string; detail: string }[] = [];
  let again: Outgoing[] = [];
  let retried = 0;
  for await (const letter of read(log, await log.start(PLACE), await log.end(PLACE))) {
    const { dead_letter_id } = letter;
    if (wanted !== undefined && !wanted.delete(dead_letter_id)) continue;
    const record = letter.origin.startsWith(FROM_LOG) ? await reread(log, letter) : recordOf(letter, deps);
    if (typeof record === 'string') refused.push({ dead_letter_id, detail: record });
    else again.push(record);
    if (again.length < PAGE) continue;
    await log.publish(again);
    retried += again.length;
    again = [];
  }
  if (again.length > 0) await log.publish(again);
  return { retried: retried + again.length, refused, unknown: wanted === undefined ? [] : [...wanted] };
}

const FROM_LOG = `${TOPICS.events} `;

/**
 * A record of lead.events that could not be read when it came, if it can be read by now: its schema was registered too late,
 * or this version knows more. A text: why it is not sent again.
 */
async function reread(log: Log, { origin, reason, detail }: DeadLetter): Promise<Outgoing | string> {
  const offset = Number(origin.split(' ')[2]);
  if (reason !== UNDECODABLE) return `${detail} (${reason})`;
  if (offset < (await log.start(EVENTS))) return 'the record has expired';
  const reader = log.reader<EventMessage>(EVENTS, offset);
  try {
    const [record] = await reader.next(1, new AbortController().signal);
    if (record?.offset !== offset) return 'the record has expired';
    const { key, value } = record;
    return value instanceof Undecodable ? `${value.reason} (${reason})` : { ...EVENTS, key, value };
  } finally {
    await reader.close();
  }
}

/** What was imported without a source of its own is the word of whoever imported it. */
const IMPORTED = /^import line /;

/** The event that a refused call holds, the same however often it is asked for; a text: why there is none. */
function recordOf(letter: DeadLetter, { clock, hash, sources }: RetryDeps): Outgoing | string {
  const { dead_letter_id, original, origin, publisher, event_id, reason, detail } = letter;
  const source = sources.named(publisher);
  if (reason === NOT_ALLOWED && !sources.listed) return `${detail}, and there is no such file here (${reason})`;
  if (source === undefined && !IMPORTED.test(origin)) return `there is no source ${publisher} in sources.yaml`;
  let call: unknown;
  try {
    call = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(original));
  } catch (error) {
    return messageOf(error);
  }
  const now = clock.now();
  const type = CALL_TYPES.find((known) => origin === `http /v1/${known}`);
  const outcome = createNormalise(hash)(call, {
    ...(type === undefined ? {} : { type }),
    publisher,
    ...(source === undefined ? {} : { may: (behaviour: string) => source.may(behaviour) }),
    client: { ip: null, userAgent: null },
    importId: null,
    ownTime: false,
    unsaid: now,
    latest: now + TOLERANCE,
    present: now,
    received: () => now,
    newId: () => event_id ?? dead_letter_id,
  });
  return outcome.kind === 'ok' ? eventRecord(outcome.value) : outcome.detail;
}

async function* read(log: Log, from: number, end: number): AsyncGenerator<DeadLetter> {
  // All may have expired: nothing would come.
  if (from >= end) return;
  const reader = log.reader<DeadLetterMessage>(PLACE, from);
  try {
    for await (const { value } of recordsOf({ reader, end }, new AbortController().signal)) {
      if (!(value instanceof Undecodable)) yield value.value;
    }
  } finally {
    await reader.close();
  }
}
