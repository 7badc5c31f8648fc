import { describe, expect, test } from 'vitest';
import type { ImportDeps } from '#app/import/deps';
import { importEvents } from '#app/import/import';
import { unfinishedImport } from '#app/import/progress';
import { outage } from '#lib/flow/errors';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { createMemoryLog } from '#lib/log/memory/log';
import { TOPICS } from '#schemas/topics';

const START = Date.UTC(2026, 0, 1);
const NOW = Date.UTC(2026, 5, 1);
const HOUR = 3_600_000;
const MODEL = { version: 'v1', files: { 'scoring.yaml': 'rules: []' } };

function memory(): Log {
  return createMemoryLog({ partitions: { [TOPICS.events]: 1, [TOPICS.deadLetters]: 1 } });
}

async function* chunks(text: string | Buffer, size = 10_000): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += size) yield new Uint8Array(bytes.subarray(start, start + size));
}

function run(
  log: ImportDeps['log'],
  input: string | Buffer,
  deps: Partial<ImportDeps> = {},
): ReturnType<typeof importEvents> {
  const clock = { now: () => NOW };
  return importEvents({
    log,
    hash: sha256,
    clock,
    input: chunks(input),
    inputName: 'a.ndjson',
    ownTime: true,
    ...deps,
  });
}

async function values(log: Log, topic: string): Promise<readonly unknown[]> {
  const at = { topic, partition: 0 };
  const end = await log.end(at);
  if (end === 0) return [];
  const reader = log.reader(at, 0);
  const records = await reader.next(end, new AbortController().signal);
  await reader.close();
  return records.map(({ value }) => value);
}

const events = (log: Log): Promise<readonly unknown[]> => values(log, TOPICS.events);
/** All that a log holds, as one text: deep comparisons of thousands of records take long. */
const contents = async (log: Log): Promise<string> => sha256(JSON.stringify([await events(log), await letters(log)]));

const letters = (log: Log): Promise<readonly unknown[]> => values(log, TOPICS.deadLetters);

function call(at: number | undefined, fields: object = {}): string {
  const timestamp = at === undefined ? undefined : new Date(at).toISOString();
  return JSON.stringify({ type: 'page', userId: 'u', messageId: `m${at}`, timestamp, ...fields });
}

/** Several publishes, some bad lines. */
const LONG = Array.from({ length: 3_500 }, (_, index) =>
  index % 500 === 250
    ? '{"broken"'
    : call(START + index * 60_000, { messageId: `m${index}`, properties: { x: 'y'.repeat(500) } }),
).join('\n');

describe('an import into a log without activities', () => {
  test('takes its time from its events, never back, between the model and its end', async () => {
    const log = memory();
    const lines = [
      call(START),
      call(START + 2 * HOUR),
      call(START + HOUR),
      '',
      call(undefined),
      call(START + 3 * HOUR),
    ];
    const progress = await run(log, lines.join('\n'), { model: MODEL });
    expect(progress).toMatchObject({ lines: 6, accepted: 5, rejected: 0, finished: true });
    expect(await events(log)).toMatchObject([
      { type: 'ModelSubmitted', value: { model_version: 'v1', received_at: START, own_time: true } },
      { value: { occurred_at: START, received_at: START, own_time: true, publisher: 'import' } },
      { value: { occurred_at: START + 2 * HOUR, received_at: START + 2 * HOUR } },
      { value: { occurred_at: START + HOUR, received_at: START + 2 * HOUR } },
      { value: { occurred_at: START + 2 * HOUR, received_at: START + 2 * HOUR } },
      { value: { occurred_at: START + 3 * HOUR, received_at: START + 3 * HOUR, import_id: progress.import_id } },
      {
        type: 'ImportFinished',
        value: { import_id: progress.import_id, received_at: START + 3 * HOUR, own_time: true },
      },
    ]);
  });

  test('clamps what lies after its start', async () => {
    const log = memory();
    await run(log, [call(START), call(NOW + 1), call(START + HOUR)].join('\n'));
    expect(await events(log)).toMatchObject([
      { value: { occurred_at: START, clamped: false } },
      { value: { occurred_at: NOW, received_at: NOW, clamped: true } },
      { value: { occurred_at: START + HOUR, received_at: NOW, clamped: false } },
      { type: 'ImportFinished', value: { received_at: NOW } },
    ]);
  });

  test('begins with the first time that is said', async () => {
    const log = memory();
    await run(log, ['nonsense', call(undefined), call(START)].join('\n'));
    expect(await letters(log)).toMatchObject([{ value: { at: START } }]);
    expect(await events(log)).toMatchObject([{ value: { occurred_at: START } }, { value: { occurred_at: START } }, {}]);
  });

  test('gives the same records again from the same input, at any time and however it arrives', async () => {
    const [first, second] = [memory(), memory()];
    await run(first, LONG, { model: MODEL });
    await run(second, LONG, { model: MODEL, clock: { now: () => NOW + HOUR }, input: chunks(LONG, 777) });
    expect(await contents(second)).toBe(await contents(first));
    expect(await letters(first)).toHaveLength(7);
  });
});

test('an import into a log in use is received when it is read', async () => {
  const log = memory();
  let now = NOW;
  await run(log, LONG, { ownTime: false, clock: { now: () => ++now } });
  const imported = await events(log);
  expect(imported[0]).toMatchObject({ value: { occurred_at: START, received_at: NOW + 2, own_time: false } });
  expect(imported.at(-1)).toMatchObject({ type: 'ImportFinished', value: { own_time: false } });
});

test('bad lines are dead-lettered with their number, and the import goes on', async () => {
  const log = memory();
  const lines: readonly (string | Buffer)[] = [
    `\ufeff${call(START)}`,
    '{"type":',
    Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    '[]',
    '   ',
    '{"type":"track","event":"Email Opened","userId":"u","messageId":"m9"}',
    'x'.repeat(1_100_000),
    call(START - 30 * 365.25 * 24 * HOUR),
    `${call(START + 1)}\r`,
  ];
  const progress = await run(log, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
  expect(progress).toMatchObject({ lines: 9, accepted: 2, rejected: 6, finished: true });
  const found = (await letters(log)).map((letter) => JSON.parse(JSON.stringify(letter)).value);
  expect(found.map(({ origin, reason, event_id }) => [origin, reason, event_id])).toEqual([
    ['import line 2', 'invalid_json', null],
    ['import line 3', 'invalid_utf8', null],
    ['import line 4', 'mistyped_field', null],
    ['import line 6', 'missing_field', 'm9'],
    ['import line 7', 'too_long', null],
    ['import line 8', 'before_2000', expect.any(String)],
  ]);
  expect((await letters(log))[1]).toMatchObject({ value: { original: new Uint8Array([0x22, 0xff, 0xfe, 0x22]) } });
});

test('an event without an id gets one from its line', async () => {
  const line = call(START, { messageId: undefined });
  const [first, second] = [memory(), memory()];
  for (const log of [first, second]) await run(log, `${line}\n${line}`);
  const ids = JSON.stringify(await events(first)).match(/"event_id":"\w+"/g);
  expect(new Set(ids).size).toBe(2);
  expect(await events(second)).toEqual(await events(first));
});

test('an input without accepted lines leaves lead.events as it is', async () => {
  const log = memory();
  expect(await run(log, '', { model: MODEL })).toMatchObject({ lines: 0, finished: true });
  expect(await run(log, 'nonsense\n', { model: MODEL })).toMatchObject({ rejected: 1, finished: true });
  expect(await events(log)).toEqual([]);
  expect(await letters(log)).toMatchObject([{ value: { at: NOW } }]);
  expect(await unfinishedImport(log)).toBeUndefined();
});

describe('the input of the last import', () => {
  test('adds nothing when it is imported again', async () => {
    const log = memory();
    const finished = await run(log, LONG, { model: MODEL });
    const before = await contents(log);
    expect(await run(log, LONG, { ownTime: false, clock: { now: () => NOW + HOUR } })).toEqual(finished);
    expect(await contents(log)).toBe(before);
  });

  test('is imported as a new one when it was mended, from a file', async () => {
    const log = memory();
    await run(log, LONG);
    const mended = LONG.replace('"m3400"', '"m34oo"');
    const again = { ownTime: false, input: chunks(mended) };
    await expect(run(log, mended, again)).rejects.toThrow(/begins as a\.ndjson did/);
    const input = chunks(mended);
    expect(await run(log, mended, { ...again, input, reopen: () => chunks(mended) })).toMatchObject({ finished: true });
    expect(await events(log)).toHaveLength(2 * 3_494);
  });

  test('does not matter to another one', async () => {
    const log = memory();
    await run(log, LONG);
    expect(await run(log, call(START), { ownTime: false })).toMatchObject({ lines: 1, accepted: 1, finished: true });
  });
});

describe('an import that was interrupted', () => {
  /** The log goes away at the nth publish; `written`: after it has written, so that nobody knows. */
  function failing(log: Log, nth: number, written: boolean): ImportDeps['log'] {
    let publishes = 0;
    return {
      namedPosition: log.namedPosition,
      async publish(records, positions) {
        publishes += 1;
        if (publishes >= nth && (!written || publishes > nth)) throw outage('the log', new Error('gone'));
        await log.publish(records, positions);
        if (publishes === nth) throw outage('the log', new Error('gone'));
      },
    };
  }

  test('goes on as the same import, with the records of an uninterrupted one', async () => {
    const whole = memory();
    let publishes = 0;
    const expected = await run(whole, LONG, { model: MODEL, onProgress: () => publishes++ });
    expect(publishes).toBeGreaterThan(2);
    for (let nth = 1; nth <= publishes; nth++) {
      for (const written of nth === 1 ? [true] : [false, true]) {
        const log = memory();
        await expect(run(failing(log, nth, written), LONG, { model: MODEL })).rejects.toThrow('gone');
        const clock = { now: () => NOW + 24 * HOUR };
        const again = await run(log, LONG, { model: MODEL, clock, ownTime: false, input: chunks(LONG, 4_321) });
        expect(again).toEqual(expected);
        expect(await contents(log)).toBe(await contents(whole));
      }
    }
  });

  test('is known as such until it is finished', async () => {
    const log = memory();
    expect(await unfinishedImport(log)).toBeUndefined();
    await expect(run(failing(log, 3, false), LONG)).rejects.toThrow('gone');
    expect(await unfinishedImport(log)).toMatchObject({ input_name: 'a.ndjson', finished: false });
    await run(log, LONG);
    expect(await unfinishedImport(log)).toBeUndefined();
  });

  test('refuses another input and changes nothing', async () => {
    const log = memory();
    await expect(run(failing(log, 3, false), LONG)).rejects.toThrow('gone');
    const before = [await unfinishedImport(log), await events(log)];
    for (const other of [LONG.replace('m17"', 'm71"'), LONG.slice(0, 1_000), '']) {
      await expect(run(log, other)).rejects.toThrow(
        /^the import of a\.ndjson is unfinished at line \d+, and this is another/,
      );
    }
    expect([await unfinishedImport(log), await events(log)]).toEqual(before);
  });

  test('by its signal has stored what it says', async () => {
    const log = memory();
    const stop = new AbortController();
    const stopped = await run(log, LONG, { signal: stop.signal, onProgress: () => stop.abort() });
    expect(stopped.finished).toBe(false);
    expect(await unfinishedImport(log)).toEqual(stopped);
    expect(await run(log, LONG)).toMatchObject({ lines: 3_500, finished: true });
  });

  describe('by its signal, which broke an idle input off', () => {
    /** A pipe that holds its end open until the signal comes, and then just ends. */
    async function* idle(text: string, stop: AbortController): AsyncGenerator<Uint8Array> {
      yield* chunks(text);
      stop.abort();
    }

    test.each([
      ['between two lines', LONG.lastIndexOf('\n', 2_000_000) + 1],
      ['within a line', LONG.lastIndexOf('\n', 2_000_000) + 100],
      ['within its first line', 100],
      ['before its first line', 0],
      ['after its last line', LONG.length],
    ])('%s is not taken as finished, and goes on as an uninterrupted one', async (_, length) => {
      const [log, whole] = [memory(), memory()];
      const stop = new AbortController();
      const input = idle(LONG.slice(0, length), stop);
      const stopped = await run(log, '', { input, signal: stop.signal, model: MODEL });
      expect(stopped.finished).toBe(false);
      expect((await unfinishedImport(log))?.lines ?? 0).toBe(stopped.lines);
      expect(await run(log, LONG, { model: MODEL })).toEqual(await run(whole, LONG, { model: MODEL }));
      expect(await contents(log)).toBe(await contents(whole));
    });

    test('before it is where it was interrupted changes nothing', async () => {
      const log = memory();
      await expect(run(failing(log, 3, false), LONG)).rejects.toThrow('gone');
      const before = await unfinishedImport(log);
      for (const length of [0, 100_000]) {
        const stop = new AbortController();
        const input = idle(LONG.slice(0, length), stop);
        expect(await run(log, '', { input, signal: stop.signal })).toEqual(before);
      }
      expect(await unfinishedImport(log)).toEqual(before);
    });

    test('is not told that its input is another one than the last', async () => {
      const log = memory();
      await run(log, LONG);
      const stop = new AbortController();
      const input = idle(LONG.slice(0, 100_000), stop);
      expect(await run(log, '', { input, signal: stop.signal })).toMatchObject({ lines: 0, finished: false });
      expect(await unfinishedImport(log)).toBeUndefined();
    });
  });

  test('by its input keeps what is durable', async () => {
    const log = memory();
    async function* torn(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(LONG.slice(0, 1_500_000));
      throw new Error('the disk went away');
    }
    await expect(run(log, LONG, { input: torn() })).rejects.toThrow('the disk went away');
    const stored = await unfinishedImport(log);
    expect(stored?.accepted).toBe((await events(log)).length);
    expect(await run(log, LONG)).toMatchObject({ lines: 3_500, finished: true });
  });
});

test('a slow log slows the reading down', async () => {
  let open = 0;
  let most = 0;
  let read = 0;
  let published = 0;
  async function* counted(): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks(LONG, 65_536)) {
      read += chunk.length;
      most = Math.max(most, read - published);
      yield chunk;
    }
  }
  const log: ImportDeps['log'] = {
    namedPosition: async () => undefined,
    async publish(_records, positions = []) {
      expect(++open).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open -= 1;
      published = JSON.parse(positions[0]?.value ?? '{}').bytes;
    },
  };
  await run(log, LONG, { input: counted() });
  expect(published).toBe(LONG.length);
  expect(most).toBeLessThan(2_500_000);
});
