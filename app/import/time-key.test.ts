import fc from 'fast-check';
import { expect, test } from 'vitest';
import { call, leadEvents, memory, NOW, run, START } from '#app/import/given';
import { createLineReader } from '#app/import/reader';
import { timeKeyOf, UNREADABLE, UNSAID } from '#app/import/time-key';
import { ownTime } from '#app/import/timing';
import { sha256 } from '#lib/hash/sha256';
import { createNormalise } from '#services/collect/normalise';

const lineOf = (text: string) => ({ input: 0, number: 1, length: Buffer.byteLength(text), bytes: Buffer.from(text) });

test('a line is sorted by the very time at which its event then occurs', () => {
  const reader = createLineReader({ hash: sha256, importId: 'i', publisher: 'import', ownTime: true, inputs: ['a'] });
  const latest = Date.UTC(2100, 0, 1);
  const timing = ownTime(null, latest, latest);
  const time = fc.oneof(
    fc
      .date({ min: new Date(Date.UTC(1999, 0, 1)), max: new Date(latest), noInvalidDate: true })
      .map((date) => date.toISOString()),
    fc.integer({ min: -1, max: latest }),
    fc.constantFrom(
      null,
      undefined,
      '',
      'yesterday',
      '2026-02-30',
      '2026-03-01T10:00+02:00',
      '2026-03-01 10:00',
      '1767225600000',
      true,
      {},
    ),
  );
  const call = fc.record(
    {
      type: fc.constantFrom('page', 'track', 'shout'),
      userId: fc.constantFrom('u', null),
      event: fc.constantFrom('Trial Started', 7),
      timestamp: time,
      originalTimestamp: time,
      properties: fc.record({ timestamp: time }),
      sentAt: time,
    },
    { requiredKeys: ['type'] },
  );
  fc.assert(
    fc.property(call, (value) => {
      const line = lineOf(JSON.stringify(value));
      const key = timeKeyOf(line);
      const read = reader.read(line, timing);
      if (key === UNREADABLE) expect(read.kind).toBe('refused');
      else if (read.kind === 'event') expect(read.event.occurred_at).toBe(key === UNSAID ? latest : key);
    }),
    { numRuns: 500 },
  );
});

test.each<readonly [text: string, key: number | undefined]>([
  ['', undefined],
  [' \r', undefined],
  ['\ufeff{"timestamp":"2026-01-01T00:00:00.000Z"}', START],
  ['{"timestamp":null,"originalTimestamp":1767225600000}', START],
  ['{"properties":{"timestamp":"2026-01-01T00:00:00.000Z"}}', UNSAID],
  ['{"timestamp":"2026-01-01T00:00:00.000Z"', UNREADABLE],
  ['{"timestamp":"1999-12-31T00:00:00.000Z"}', UNREADABLE],
  ['["timestamp"]', UNREADABLE],
  ['7', UNREADABLE],
])('%j has the key %s', (text, key) => {
  expect(timeKeyOf(lineOf(text))).toBe(key);
});

test('a call of a source is the same event live and from its archive: id, source and content', async () => {
  const said = JSON.parse(call(START, { messageId: 'm-1', type: 'identify', traits: { email: 'ann@example.com' } }));
  const live = createNormalise(sha256)(said, {
    publisher: 'website',
    client: { ip: null, userAgent: null },
    importId: null,
    ownTime: false,
    unsaid: NOW,
    latest: NOW,
    present: NOW,
    received: () => NOW,
    newId: () => 'new',
  });
  const log = memory();
  await run(log, JSON.stringify(said), { source: 'website' });
  const [imported] = await leadEvents(log);
  const { event_id, publisher, content_hash } = live.kind === 'ok' ? live.value : expect.fail(live.detail);
  expect(imported).toMatchObject({ event_id, publisher, content_hash });
});
