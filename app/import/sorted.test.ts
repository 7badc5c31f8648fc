import { existsSync, readdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  call,
  chunks,
  contents,
  events,
  failing,
  file,
  folder,
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
  run,
  START,
} from '#app/import/given';
import { unfinishedImport } from '#app/import/progress';
import { smallDisk } from '#test/contracts/folder';

/** Several chunks of LONG, merged two at a time. */
const SMALL = { chunkBytes: 300_000, fanIn: 2 };

describe('an import into a log without activities', () => {
  test('takes its time from its events, in their order of time, between the model and its end', async () => {
    const log = memory();
    const lines = [call(START + 2 * HOUR), '', call(START), call(START + 3 * HOUR), call(START + HOUR)];
    const progress = await run(log, lines.join('\n'), { model: MODEL });
    expect(progress).toMatchObject({ lines: 5, accepted: 4, rejected: 0, finished: true });
    expect(await events(log)).toMatchObject([
      { type: 'ImportBegun', value: { import_id: progress.import_id, received_at: START } },
      {
        type: 'ModelSubmitted',
        value: { model_version: 'v1', received_at: START, own_time: true, import_id: progress.import_id },
      },
      { value: { occurred_at: START, received_at: START, own_time: true, publisher: 'import' } },
      { value: { occurred_at: START + HOUR, received_at: START + HOUR } },
      { value: { occurred_at: START + 2 * HOUR, received_at: START + 2 * HOUR } },
      { value: { occurred_at: START + 3 * HOUR, received_at: START + 3 * HOUR, import_id: progress.import_id } },
      {
        type: 'ImportFinished',
        value: { import_id: progress.import_id, received_at: START + 3 * HOUR, own_time: true },
      },
    ]);
  });

  test('dates what does not say when it happened at the end, wherever it stands', async () => {
    const log = memory();
    await run(log, [call(undefined), call(START), call(START + HOUR)].join('\n'));
    expect((await leadEvents(log)).map(({ occurred_at, event_id }) => [occurred_at, event_id])).toEqual([
      [START, `m${START}`],
      [START + HOUR, `m${START + HOUR}`],
      [START + HOUR, 'mundefined'],
    ]);
  });

  test('refuses bad lines at the time of its first event', async () => {
    const log = memory();
    await run(log, ['nonsense', call(undefined), call(START)].join('\n'));
    expect(await letters(log)).toMatchObject([{ at: START, origin: 'import line 1' }]);
  });

  test('takes the present if no line says a time', async () => {
    const log = memory();
    await run(log, call(undefined));
    expect(await leadEvents(log)).toMatchObject([{ occurred_at: NOW, received_at: NOW, own_time: true }]);
  });
});

describe('the order of lines and files', () => {
  const line = fc.oneof(
    fc
      .record({ at: fc.integer({ min: 0, max: 5 }), id: fc.nat(9), x: fc.string({ maxLength: 200 }) })
      .map(({ at, id, x }) => call(START + at * HOUR, { messageId: id < 5 ? `m${id}` : undefined, properties: { x } })),
    fc.constantFrom(call(undefined, { messageId: undefined }), '{"broken"', '', call(NOW + 2 * HOUR), call(0), '[]'),
  );

  test('makes no difference to what is logged, however small the chunks are that are sorted', async () => {
    const history = fc.array(line, { minLength: 1, maxLength: 40 }).chain((lines) =>
      fc.record({
        lines: fc.constant(lines),
        shuffled: fc.shuffledSubarray(lines, { minLength: lines.length, maxLength: lines.length }),
        cut: fc.nat(lines.length),
        chunkBytes: fc.integer({ min: 1, max: 5_000 }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(history, async ({ lines, shuffled, cut, chunkBytes }) => {
        const [one, other] = [memory(), memory()];
        const whole = await run(one, `{"first": "line"}\n${lines.join('\n')}`);
        const files = [
          file(`${shuffled.slice(0, cut).join('\n')}\n{"first": "line"}`, 'b.ndjson', 100),
          file(shuffled.slice(cut).join('\n'), 'c.ndjson'),
        ];
        const limits = { chunkBytes, fanIn: 2 };
        const parts = await run(other, files, { limits });
        expect(await events(other)).toEqual(await events(one));
        expect(parts).toMatchObject({ import_id: whole.import_id, accepted: whole.accepted, rejected: whole.rejected });
        const refused = async (log: typeof one) =>
          (await letters(log)).map(({ at, reason, original }) => [at, reason, Buffer.from(original).toString()]);
        expect(await refused(other)).toEqual(await refused(one));
      }),
      { numRuns: 60 },
    );
  });

  test('a refused line is named by its file where there are several', async () => {
    const log = memory();
    await run(log, [file(`${call(START)}\n{"broken"`, 'a.ndjson'), file('[]\n{', 'dir/b\n.ndjson')]);
    expect((await letters(log)).map(({ origin }) => origin).sort()).toEqual([
      'import a.ndjson line 2',
      'import dir/b .ndjson line 1',
      'import dir/b .ndjson line 2',
    ]);
  });

  test('the same time, from wherever it comes, gives the same records again', async () => {
    const [first, second] = [memory(), memory()];
    await run(first, LONG, { model: MODEL });
    await run(second, [file(LONG, 'a.ndjson', 777)], {
      model: MODEL,
      clock: { now: () => NOW + HOUR },
      limits: { chunkBytes: 100_000, fanIn: 3 },
    });
    expect(await contents(second)).toBe(await contents(first));
    expect(await letters(first)).toHaveLength(7);
  });
});

describe('a line with a wrong clock', () => {
  const AHEAD = Date.UTC(2062, 0, 1);

  test('is refused by name, and moves the time of no other', async () => {
    const log = memory();
    const lines = [call(AHEAD), call(START), call(START + HOUR), call(8e15), call(NOW + 6 * 60_000)];
    const progress = await run(log, lines.join('\n'));
    expect(progress).toMatchObject({ accepted: 2, rejected: 3, in_the_future: 3 });
    expect(progress.future_lines).toEqual(['import line 5', 'import line 1', 'import line 4']);
    expect(await leadEvents(log)).toMatchObject([
      { occurred_at: START, received_at: START },
      { occurred_at: START + HOUR, received_at: START + HOUR },
    ]);
    expect((await letters(log))[1]).toMatchObject({
      reason: 'in_the_future',
      origin: 'import line 1',
      detail: 'it is dated 2062-01-01T00:00:00.000Z, in the future: mend its time and import it again',
    });
  });

  test.each([
    ['9007199254740991', 9_007_199_254_740_991],
    ['+200000-01-01', '+200000-01-01T00:00:00Z'],
  ])('is refused however far ahead it is: %s', async (_, timestamp) => {
    const log = memory();
    await run(log, `${call(START)}\n${call(START, { timestamp })}`);
    expect(await letters(log)).toMatchObject([
      { reason: 'in_the_future', detail: expect.stringMatching(/^it is dated /) },
    ]);
    expect(await leadEvents(log)).toMatchObject([{ received_at: START }]);
  });

  test('by no more than a publisher may be ahead is taken, at the start of the import', async () => {
    const log = memory();
    await run(log, `${call(START)}\n${call(NOW + 4 * 60_000)}`);
    expect(await leadEvents(log)).toMatchObject([{}, { occurred_at: NOW, received_at: NOW, clamped: true }]);
  });

  test('before 2000 is refused, and time does not begin there', async () => {
    const log = memory();
    await run(log, `${call(START - 30 * 365.25 * 24 * HOUR)}\n${call(START)}`);
    expect(await letters(log)).toMatchObject([{ reason: 'before_2000', origin: 'import line 1', at: START }]);
    expect(await leadEvents(log)).toMatchObject([{ received_at: START }]);
  });

  test('is refused where events are received now, too', async () => {
    const log = memory();
    const logged = { at: NOW, ownTime: false };
    await run(log, `${call(AHEAD)}\n${call(START)}`, { logged, historic: true });
    expect(await letters(log)).toMatchObject([{ reason: 'in_the_future' }]);
    expect(await leadEvents(log)).toMatchObject([{ occurred_at: START, received_at: NOW, own_time: false }]);
  });
});

describe('an event without an id', () => {
  const said = { messageId: undefined };

  test('gets one from its content: the same content, in whatever line, is one event', async () => {
    const log = memory();
    const line = JSON.stringify({ type: 'page', userId: 'u', timestamp: new Date(START).toISOString() });
    const turned = JSON.stringify({ userId: 'u', timestamp: new Date(START).toISOString(), type: 'page' });
    await run(log, [line, call(START, said), `${turned}\r`, `  ${line}`, call(START + 1, said)].join('\n'));
    const ids = (await leadEvents(log)).map(({ event_id }) => event_id);
    expect(ids.slice(0, 4)).toEqual(Array.from({ length: 4 }, () => ids[0]));
    expect(ids[4]).not.toBe(ids[0]);
    expect(ids[0]).toMatch(/^\w{16,}$/);
  });

  test('has the same id in another import', async () => {
    const [one, other] = [memory(), memory()];
    await run(one, `${call(START, said)}\n${call(START + 1, said)}`);
    await run(other, `${call(START - 1)}\n\n${call(START, said)}`, { historic: true });
    expect((await leadEvents(other))[1]?.event_id).toBe((await leadEvents(one))[0]?.event_id);
  });
});

describe('an import into a log that is not empty', () => {
  test('is refused in one line if it reaches behind what is logged, and changes nothing', async () => {
    const log = memory();
    const spoolDir = join(folder(), 'import');
    const logged = { at: START + HOUR, ownTime: true };
    await expect(run(log, `{"bad"\n${call(START)}\n${call(START + HOUR)}`, { logged, spoolDir })).rejects.toThrow(
      'line 2 happened at 2026-01-01T00:00:00.000Z, and all until 2026-01-01T01:00:00.000Z is logged: add --historic to have it received now, or import everything together into an empty folder',
    );
    expect([await events(log), await letters(log), await unfinishedImport(log)]).toEqual([[], [], undefined]);
    expect(existsSync(spoolDir)).toBe(false);
  });

  test('names the file of the line that is too early', async () => {
    const logged = { at: NOW, ownTime: false };
    const files = [file(call(START + HOUR), 'a.ndjson'), file(call(START), 'b.ndjson')];
    await expect(run(memory(), files, { logged })).rejects.toThrow(/^b\.ndjson line 1 happened at 2026-01-01/);
  });

  test('is received now if that is accepted', async () => {
    const log = memory();
    let now = NOW;
    const clock = { now: () => ++now };
    await run(log, LONG, { logged: { at: NOW, ownTime: false }, historic: true, clock });
    const [first] = await leadEvents(log);
    expect(first).toMatchObject({ occurred_at: START, own_time: false, import_id: expect.any(String) });
    expect(first?.received_at).toBeGreaterThan(NOW);
    expect((await events(log)).at(-1)).toMatchObject({ type: 'ImportFinished', value: { own_time: false } });
  });

  test('goes on in its own time after imports that brought theirs, if it begins where they ended', async () => {
    const log = memory();
    await run(log, call(START + HOUR), { logged: { at: START + HOUR, ownTime: true } });
    expect(await leadEvents(log)).toMatchObject([{ received_at: START + HOUR, own_time: true }]);
  });

  test('is received now after something live, also if it does not reach behind it', async () => {
    const log = memory();
    await run(log, call(START + HOUR), { logged: { at: START, ownTime: false } });
    expect(await leadEvents(log)).toMatchObject([{ occurred_at: START + HOUR, received_at: NOW, own_time: false }]);
  });

  test('that says no times is received now', async () => {
    const log = memory();
    await run(log, call(undefined), { logged: { at: NOW - HOUR, ownTime: false } });
    expect(await leadEvents(log)).toMatchObject([{ occurred_at: NOW, received_at: NOW, own_time: false }]);
  });
});

describe('the same input again', () => {
  const again = { logged: { at: NOW, ownTime: false }, clock: { now: () => NOW + HOUR } };

  test('adds nothing, in whatever order it comes', async () => {
    const log = memory();
    const progress = await run(log, LONG, { model: MODEL });
    const before = await contents(log);
    expect(await importing(log, LONG, again)).toEqual({ progress, known: true });
    const turned = LONG.split('\n').reverse().join('\n');
    expect(await importing(log, [file(turned, 'b.ndjson')], again)).toEqual({ progress, known: true });
    expect(await contents(log)).toBe(before);
  });

  test('adds nothing after others either', async () => {
    const log = memory();
    await run(log, LONG);
    for (let month = 1; month < 4; month++) await run(log, call(NOW - month), { ...again, historic: true });
    const before = await contents(log);
    expect(await importing(log, LONG, again)).toMatchObject({
      known: true,
      progress: { accepted: 3_493, lines: 3_500 },
    });
    expect(await contents(log)).toBe(before);
  });

  test('that was mended is another one', async () => {
    const log = memory();
    await run(log, LONG);
    const mended = LONG.replace('"m3400"', '"m34oo"');
    expect(await importing(log, mended, { ...again, historic: true })).toMatchObject({ known: false });
    expect(await leadEvents(log)).toHaveLength(2 * 3_493);
  });
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
    call(START, { timestamp: 'yesterday' }),
    `${call(START + 1)}\r`,
  ];
  const progress = await run(log, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
  expect(progress).toMatchObject({ lines: 9, accepted: 2, rejected: 6, finished: true });
  const found = (await letters(log)).map(({ origin, reason, event_id }) => [origin, reason, event_id]);
  expect(found.sort()).toEqual([
    ['import line 2', 'invalid_json', null],
    ['import line 3', 'invalid_utf8', null],
    ['import line 4', 'mistyped_field', null],
    ['import line 6', 'missing_field', 'm9'],
    ['import line 7', 'too_long', null],
    ['import line 8', 'mistyped_field', `m${START}`],
  ]);
});

test('an input without accepted lines leaves lead.events as it is', async () => {
  const log = memory();
  expect(await run(log, '', { model: MODEL })).toMatchObject({ lines: 0, finished: true });
  expect(await run(log, 'nonsense\n', { model: MODEL })).toMatchObject({ rejected: 1, finished: true });
  expect(await events(log)).toEqual([]);
  expect(await letters(log)).toMatchObject([{ at: NOW }]);
  expect(await unfinishedImport(log)).toBeUndefined();
});

describe('the disk', () => {
  const disk = { free: async () => 20_000_000, growth: 14, named: './data', remedy: 'use another --data folder' };

  test('is looked at before anything is read of files', async () => {
    const spoolDir = join(folder(), 'import');
    const big = { ...file(LONG), size: 1_500_000 };
    await expect(run(memory(), [big], { disk, spoolDir })).rejects.toThrow(
      'the import needs about 24.0 MB of free disk in ./data, and 20.0 MB are free: make room, or use another --data folder',
    );
    expect(existsSync(spoolDir)).toBe(false);
  });

  test('is looked at again when a pipe has been read, before anything is logged', async () => {
    const log = memory();
    await expect(run(log, [pipe(LONG)], { disk })).rejects.toThrow(/^the import needs about \d+\.\d MB/);
    expect([await events(log), await letters(log)]).toEqual([[], []]);
  });

  test('that is full while it sorts is told in one line, and nothing is left on it', async () => {
    const small = smallDisk('1m');
    onTestFinished(() => small.remove());
    const spoolDir = join(small.dir, 'import');
    await expect(run(memory(), [pipe(LONG)], { spoolDir })).rejects.toThrow(
      'the disk of ./data is full: make room, and import again',
    );
    expect(existsSync(spoolDir)).toBe(false);
  });

  test('has room enough for an import that is small', async () => {
    expect(await run(memory(), call(START), { disk })).toMatchObject({ accepted: 1, finished: true });
  });
});

describe('the spool', () => {
  test('is only for this user, and is gone when the import has finished', async () => {
    const spoolDir = join(folder(), 'import');
    const log = memory();
    await expect(run(failing(log, 2, false), LONG, { spoolDir, limits: SMALL })).rejects.toThrow('gone');
    expect(statSync(spoolDir).mode & 0o777).toBe(0o700);
    expect(readdirSync(spoolDir).sort()).toEqual(['manifest.json', 'sorted']);
    for (const name of readdirSync(spoolDir)) expect(statSync(join(spoolDir, name)).mode & 0o777).toBe(0o600);
    await run(log, LONG, { spoolDir });
    expect(existsSync(spoolDir)).toBe(false);
  });

  test('of a pipe goes on without the input, and with the same input', async () => {
    const whole = memory();
    const expected = await run(whole, [pipe(LONG)]);
    for (const again of ['', LONG]) {
      const spoolDir = join(folder(), 'import');
      const log = memory();
      await expect(run(failing(log, 2, true), [pipe(LONG)], { spoolDir })).rejects.toThrow('gone');
      expect(await run(log, [pipe(again)], { spoolDir, clock: { now: () => NOW + HOUR } })).toEqual(expected);
      expect(await contents(log)).toBe(await contents(whole));
    }
  });

  test('of an import that had ended, but could not say so, tells its end, also without the input', async () => {
    let publishes = 0;
    const whole = memory();
    const counting: typeof whole.publish = (records, positions) => {
      publishes += 1;
      return whole.publish(records, positions);
    };
    const expected = await run({ namedPosition: whole.namedPosition, publish: counting }, LONG);
    for (const again of [pipe(''), file(LONG)]) {
      const spoolDir = join(folder(), 'import');
      const log = memory();
      await expect(run(failing(log, publishes, true), [pipe(LONG)], { spoolDir })).rejects.toThrow('gone');
      const { progress, known } = await importing(log, [again], { spoolDir });
      expect({ known, lines: progress.lines, finished: progress.finished }).toEqual({
        known: true,
        lines: expected.lines,
        finished: true,
      });
      expect(existsSync(spoolDir)).toBe(false);
      expect(await contents(log)).toBe(await contents(whole));
    }
  });

  test('goes on if the import was interrupted before anything was logged', async () => {
    const whole = memory();
    await run(whole, LONG, { source: 'website' });
    const spoolDir = join(folder(), 'import');
    const log = memory();
    await expect(run(failing(log, 1, false), [pipe(LONG)], { spoolDir, source: 'website' })).rejects.toThrow('gone');
    expect(await unfinishedImport(log)).toBeUndefined();
    await run(log, [pipe('')], { spoolDir, clock: { now: () => NOW + HOUR }, sorted: false });
    expect(await contents(log)).toBe(await contents(whole));
  });

  test.each(['cut', 'changed', 'deleted'])('that was %s is made again from the input', async (how) => {
    const whole = memory();
    await run(whole, LONG);
    const spoolDir = join(folder(), 'import');
    const log = memory();
    await expect(run(failing(log, 3, false), LONG, { spoolDir, limits: SMALL })).rejects.toThrow('gone');
    damage(join(spoolDir, 'sorted'), how);
    await expect(run(log, [pipe('')], { spoolDir })).rejects.toThrow(/another input: import the same one again/);
    expect(await run(log, LONG, { spoolDir })).toMatchObject({ finished: true });
    expect(await contents(log)).toBe(await contents(whole));
  });

  test('of another source is told', async () => {
    const spoolDir = join(folder(), 'import');
    const log = memory();
    await expect(run(failing(log, 2, true), LONG, { spoolDir, source: 'website' })).rejects.toThrow('gone');
    await expect(run(log, LONG, { spoolDir, source: 'crm' })).rejects.toThrow(
      'the unfinished import was begun with --source website: run it again like that first',
    );
    expect(await run(log, LONG, { spoolDir })).toMatchObject({ publisher: 'website', finished: true });
  });
});

describe('an import that was interrupted', () => {
  test('goes on as the same import, with the records of an uninterrupted one', async () => {
    const whole = memory();
    let publishes = 0;
    const expected = await run(whole, LONG, { model: MODEL, onProgress: () => publishes++ });
    expect(publishes).toBeGreaterThan(2);
    for (let nth = 1; nth <= publishes; nth++) {
      for (const written of [false, true]) {
        const log = memory();
        const spoolDir = join(folder(), 'import');
        const deps = { model: MODEL, spoolDir };
        await expect(run(failing(log, nth, written), LONG, deps)).rejects.toThrow('gone');
        const later = { clock: { now: () => NOW + 24 * HOUR }, logged: { at: NOW, ownTime: false }, historic: true };
        const isBegun = nth > 1 || written;
        const again = await run(log, [file(LONG, 'a.ndjson', 4_321)], { ...deps, ...(isBegun ? later : {}) });
        expect(again).toEqual(expected);
        expect(await contents(log)).toBe(await contents(whole));
      }
    }
  });

  test('refuses another input and changes nothing', async () => {
    const log = memory();
    const spoolDir = join(folder(), 'import');
    await expect(run(failing(log, 3, false), LONG, { spoolDir })).rejects.toThrow('gone');
    const before = [await unfinishedImport(log), await contents(log)];
    for (const other of [LONG.replace('m17"', 'm71"'), LONG.slice(0, 1_000), '']) {
      await expect(run(log, other, { spoolDir })).rejects.toThrow(
        /^the import of a\.ndjson is unfinished after \d+ lines, and this is another input: .* go on with what was read: leadstream import - < \/dev\/null$/,
      );
    }
    expect([await unfinishedImport(log), await contents(log)]).toEqual(before);
    expect(await run(log, LONG, { spoolDir })).toMatchObject({ finished: true });
  });

  test('by its signal has stored what it says', async () => {
    const log = memory();
    const spoolDir = join(folder(), 'import');
    const stop = new AbortController();
    const stopped = await run(log, LONG, { spoolDir, signal: stop.signal, onProgress: () => stop.abort() });
    expect(stopped.finished).toBe(false);
    expect(await unfinishedImport(log)).toEqual(stopped);
    expect(await run(log, LONG, { spoolDir })).toMatchObject({ lines: 3_500, finished: true });
  });

  test('by its signal while it reads leaves nothing, however its input ends then', async () => {
    for (const length of [0, 100, 100_000, LONG.length]) {
      const log = memory();
      const spoolDir = join(folder(), 'import');
      const stop = new AbortController();
      const input = pipe(idle(LONG.slice(0, length), stop));
      expect(await importing(log, [input], { spoolDir, signal: stop.signal })).toMatchObject({
        known: false,
        progress: { finished: false, lines: 0, accepted: 0 },
      });
      expect([await events(log), existsSync(spoolDir)]).toEqual([[], false]);
    }
  });

  test('by its input leaves nothing', async () => {
    const log = memory();
    const spoolDir = join(folder(), 'import');
    async function* torn(): AsyncGenerator<Uint8Array> {
      yield* chunks(LONG.slice(0, 1_500_000));
      throw new Error('the disk went away');
    }
    await expect(run(log, [pipe(torn())], { spoolDir, limits: SMALL })).rejects.toThrow('the disk went away');
    expect([await events(log), existsSync(spoolDir)]).toEqual([[], false]);
  });

  test('while it sorted begins anew', async () => {
    const spoolDir = join(folder(), 'import');
    const log = memory();
    await expect(run(failing(log, 1, false), LONG, { spoolDir })).rejects.toThrow('gone');
    writeFileSync(join(spoolDir, 'run-0'), 'torn');
    damage(join(spoolDir, 'manifest.json'), 'deleted');
    expect(await run(log, call(START), { spoolDir })).toMatchObject({ accepted: 1, finished: true });
  });
});

function damage(path: string, how: string): void {
  const { size } = statSync(path);
  const bytes = Buffer.alloc(size, 1);
  if (how === 'cut') truncateSync(path, size / 2);
  else if (how === 'deleted') rmSync(path);
  else writeFileSync(path, bytes);
}
