import { describe, expect, test } from 'vitest';
import { newestDeadLetters, retryDeadLetters } from '#app/embedded/dead-letters';
import { readAny } from '#app/verify/topic';
import { type Log, Undecodable } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { createMemoryLog } from '#lib/log/memory/log';
import { type EventMessage, TOPICS } from '#schemas/topics';
import { anySource, listedSources, type Sources } from '#services/collect/source';

const NOW = Date.UTC(2026, 5, 1);

const event = (event_id: string) => ({ type: 'LeadEvent', value: { event_id, publisher: 'crm', name: 'subscribed' } });

function letterOf(id: string, origin: string, reason: string, original = '') {
  return {
    type: 'DeadLetter',
    value: {
      dead_letter_id: id,
      at: NOW,
      reason,
      detail: `what is wrong with ${id}`,
      origin,
      publisher: 'web',
      event_id: null,
      original: new TextEncoder().encode(original),
    },
  };
}

/** A log whose lead.events and dead letters hold these values. */
async function logOf(events: readonly unknown[], letters: readonly unknown[]): Promise<Log> {
  const log = createMemoryLog({ partitions: { [TOPICS.events]: 1, [TOPICS.deadLetters]: 1 } });
  const at = (topic: string) => (value: unknown) => ({ topic, partition: 0, key: null, value });
  await log.publish([...events.map(at(TOPICS.events)), ...letters.map(at(TOPICS.deadLetters))]);
  return log;
}

const retry = (log: Log, which: readonly string[] | 'all', sources: Sources = anySource(sha256)) =>
  retryDeadLetters(log, which, { clock: { now: () => NOW }, hash: sha256, sources });

/** What lead.events holds from an offset on. */
async function eventsFrom(log: Log, from: number): Promise<unknown[]> {
  const values: unknown[] = [];
  if ((await log.end({ topic: TOPICS.events, partition: 0 })) === from) return values;
  const read = readAny<EventMessage>(log, { topic: TOPICS.events, partition: 0 }, new AbortController().signal, from);
  for await (const { value } of read) values.push(value);
  return values;
}

test('a record that no schema could read is sent again once one can, as it is; else it stays, with the reason', async () => {
  const unreadable = new Undecodable(new Uint8Array([9]), 'the registry has no schema 7');
  const letters = ['0', '1'].map((offset) => letterOf(`d${offset}`, `lead.events 0 ${offset}`, 'undecodable'));
  const log = await logOf([event('e0'), unreadable], letters);
  expect(await retry(log, 'all')).toEqual({
    retried: 1,
    refused: [{ dead_letter_id: 'd1', detail: 'the registry has no schema 7 (undecodable)' }],
    unknown: [],
  });
  expect(await eventsFrom(log, 2)).toEqual([event('e0')]);
});

test('a record that has expired, or was refused for what it says, is not sent again', async () => {
  const letters = [
    letterOf('gone', 'lead.events 0 0', 'undecodable'),
    letterOf('other', 'lead.events 0 1', 'conflict'),
  ];
  const whole = await logOf([event('e0'), event('e1')], letters);
  const log: Log = { ...whole, start: async ({ topic }) => (topic === TOPICS.events ? 1 : 0) };
  expect(await retry(log, 'all')).toEqual({
    retried: 0,
    refused: [
      { dead_letter_id: 'gone', detail: 'the record has expired' },
      { dead_letter_id: 'other', detail: 'what is wrong with other (conflict)' },
    ],
    unknown: [],
  });
  expect(await eventsFrom(log, 2)).toEqual([]);
});

test('a call that this version accepts is sent again, always as the same event; ids that nobody knows are told', async () => {
  const call = JSON.stringify({ event: 'Subscribed', userId: 'ann' });
  const log = await logOf(
    [],
    [letterOf('d1', 'http /v1/track', 'bad_call', call), letterOf('d2', 'http /v1/track', 'x')],
  );
  for (let times = 1; times <= 2; times++) {
    expect(await retry(log, ['d1', 'nobody'])).toEqual({ retried: 1, refused: [], unknown: ['nobody'] });
  }
  const [first, second, ...more] = await eventsFrom(log, 0);
  expect(first).toMatchObject({ type: 'LeadEvent', value: { event_id: 'd1', publisher: 'web', name: 'subscribed' } });
  expect([second, more]).toEqual([first, []]);
});

test('the newest are listed first, each once', async () => {
  const ids = ['d1', 'd2', 'd1', 'd3'];
  const log = await logOf(
    [],
    ids.map((id) => letterOf(id, 'http /v1/track', 'bad_call')),
  );
  const listed = async (limit: number) => {
    const found: string[] = [];
    for await (const { dead_letter_id } of newestDeadLetters(log, limit)) found.push(dead_letter_id);
    return found;
  };
  expect(await listed(10)).toEqual(['d3', 'd1', 'd2']);
  expect(await listed(1)).toEqual(['d3']);
});

describe('what a source may not report', () => {
  const won = JSON.stringify({ event: 'Deal Won', userId: 'ann' });
  const listed = (may: readonly string[]) => listedSources([{ name: 'web', keys: ['k'], may, mayNot: [] }]);
  const others = listedSources([{ name: 'crm', keys: [], may: ['all'], mayNot: [] }]);
  const refusedAs = (id: string, reason: string) => letterOf(id, 'http /v1/track', reason, won);

  test('is not sent again while it may not', async () => {
    const log = await logOf([], [refusedAs('d1', 'not_allowed')]);
    const detail = 'the source web may not report deal_won: sources.yaml says what it may';
    expect(await retry(log, 'all', listed(['website']))).toMatchObject({
      retried: 0,
      refused: [{ dead_letter_id: 'd1', detail }],
    });
    expect(await eventsFrom(log, 0)).toEqual([]);
  });

  test('is sent again once it may', async () => {
    const log = await logOf([], [refusedAs('d1', 'not_allowed')]);
    expect(await retry(log, 'all', listed(['website', 'deal_won']))).toMatchObject({ retried: 1, refused: [] });
    expect(await eventsFrom(log, 0)).toMatchObject([{ value: { name: 'deal_won', publisher: 'web' } }]);
  });

  test('is not sent again where nothing is known of sources, or this one is gone', async () => {
    const log = await logOf([], [refusedAs('d1', 'not_allowed'), refusedAs('d2', 'missing_field')]);
    const detail = 'what is wrong with d1, and there is no such file here (not_allowed)';
    expect(await retry(log, ['d1'])).toMatchObject({ retried: 0, refused: [{ dead_letter_id: 'd1', detail }] });
    expect(await retry(log, ['d2'], others)).toMatchObject({
      retried: 0,
      refused: [{ dead_letter_id: 'd2', detail: 'there is no source web in sources.yaml' }],
    });
  });

  test('says nothing of what was imported without a source', async () => {
    const log = await logOf(
      [],
      [letterOf('d1', 'import line 3', 'missing_field', JSON.stringify({ ...JSON.parse(won), type: 'track' }))],
    );
    expect(await retry(log, 'all', others)).toMatchObject({ retried: 1, refused: [] });
  });
});
