import { describe, expect, test } from 'vitest';
import type { ImportDeps } from '#app/import/deps';
import {
  call,
  chunks,
  contents,
  events,
  failing,
  file,
  HOUR,
  idle,
  importing,
  LONG,
  leadEvents,
  letters,
  MODEL,
  memory,
  NOW,
  pipe,
  START,
} from '#app/import/given';
import { type Progress, unfinishedImport } from '#app/import/progress';

/** As it comes. */
async function run(
  log: ImportDeps['log'],
  input: Parameters<typeof importing>[1],
  deps: Partial<ImportDeps> = {},
): Promise<Progress> {
  return (await importing(log, input, { sorted: false, ...deps })).progress;
}

describe('an import as it comes', () => {
  test('is logged in the order of its lines, as received when it is read', async () => {
    const log = memory();
    let now = NOW;
    const lines = [call(START + HOUR), '{"broken"', call(START), call(undefined)];
    const progress = await run(log, lines.join('\n'), { model: MODEL, clock: { now: () => ++now } });
    expect(progress).toMatchObject({ lines: 4, accepted: 3, rejected: 1, finished: true });
    const imported = await events(log);
    expect(imported).toMatchObject([
      { type: 'ModelSubmitted', value: { own_time: false, import_id: progress.import_id } },
      { value: { occurred_at: START + HOUR, own_time: false, publisher: 'import', import_id: progress.import_id } },
      { value: { occurred_at: START, own_time: false } },
      { value: { event_id: 'mundefined', own_time: false } },
      { type: 'ImportFinished', value: { own_time: false } },
    ]);
    for (const { value } of imported) expect(value.received_at).toBeGreaterThan(NOW);
    expect(await letters(log)).toMatchObject([{ origin: 'import line 2', reason: 'invalid_json' }]);
  });

  test('refuses what is dated in the future when it is read', async () => {
    const log = memory();
    const progress = await run(log, `${call(NOW + HOUR)}\n${call(NOW + 60_000)}`);
    expect(progress).toMatchObject({ accepted: 1, rejected: 1, in_the_future: 1, future_lines: ['import line 1'] });
    expect(await leadEvents(log)).toMatchObject([{ occurred_at: NOW + 60_000, received_at: NOW, clamped: false }]);
  });

  test('of another format is refused by name', async () => {
    await expect(run(memory(), [file('a,b\n1,2\n', 'leads.csv')])).rejects.toThrow(/^leads\.csv is CSV/);
  });
});

describe('the input of the last import', () => {
  test('adds nothing when it is imported again', async () => {
    const log = memory();
    const finished = await run(log, LONG, { model: MODEL });
    const before = await contents(log);
    expect(await run(log, LONG, { clock: { now: () => NOW + HOUR } })).toEqual(finished);
    expect(await contents(log)).toBe(before);
  });

  test('is imported as a new one when it was mended, from a file', async () => {
    const log = memory();
    await run(log, LONG);
    const mended = LONG.replace('"m3400"', '"m34oo"');
    await expect(run(log, [pipe(mended)])).rejects.toThrow(/begins as a\.ndjson did/);
    expect(await run(log, mended)).toMatchObject({ finished: true });
    expect(await events(log)).toHaveLength(2 * 3_494);
  });

  test('does not matter to another one', async () => {
    const log = memory();
    await run(log, LONG);
    expect(await run(log, call(START))).toMatchObject({ lines: 1, accepted: 1, finished: true });
  });
});

describe('an import as it comes that was interrupted', () => {
  test('goes on as the same import, with the records of an uninterrupted one', async () => {
    const whole = memory();
    let publishes = 0;
    const expected = await run(whole, LONG, { model: MODEL, onProgress: () => publishes++ });
    expect(publishes).toBeGreaterThan(2);
    for (let nth = 1; nth <= publishes; nth++) {
      for (const written of nth === 1 ? [true] : [false, true]) {
        const log = memory();
        await expect(run(failing(log, nth, written), LONG, { model: MODEL })).rejects.toThrow('gone');

        const again = await run(log, [file(LONG, 'a.ndjson', 4_321)], { model: MODEL });
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
        /^the import of a\.ndjson is unfinished after \d+ lines, and this is another/,
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
    test.each([
      ['between two lines', LONG.lastIndexOf('\n', 2_000_000) + 1],
      ['within a line', LONG.lastIndexOf('\n', 2_000_000) + 100],
      ['within its first line', 100],
      ['before its first line', 0],
      ['after its last line', LONG.length],
    ])('%s is not taken as finished, and goes on as an uninterrupted one', async (_, length) => {
      const [log, whole] = [memory(), memory()];
      const stop = new AbortController();
      const input = pipe(idle(LONG.slice(0, length), stop), 'a.ndjson');
      const stopped = await run(log, [input], { signal: stop.signal, model: MODEL });
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
        const input = pipe(idle(LONG.slice(0, length), stop));
        expect(await run(log, [input], { signal: stop.signal })).toEqual(before);
      }
      expect(await unfinishedImport(log)).toEqual(before);
    });

    test('is not told that its input is another one than the last', async () => {
      const log = memory();
      await run(log, LONG);
      const stop = new AbortController();
      const input = pipe(idle(LONG.slice(0, 100_000), stop));
      expect(await run(log, [input], { signal: stop.signal })).toMatchObject({ lines: 0, finished: false });
      expect(await unfinishedImport(log)).toBeUndefined();
    });
  });

  test('by its input keeps what is durable', async () => {
    const log = memory();
    async function* torn(): AsyncGenerator<Uint8Array> {
      yield Buffer.from(LONG.slice(0, 1_500_000));
      throw new Error('the disk went away');
    }
    await expect(run(log, [pipe(torn())])).rejects.toThrow('the disk went away');
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
  await run(log, [pipe(counted())]);
  expect(published).toBe(LONG.length);
  expect(most).toBeLessThan(2_500_000);
});
