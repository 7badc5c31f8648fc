import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { endAll, leadstream, startLeadstream } from '#test/process/command';
import { type EventsFile, writeEvents } from '#test/process/events-file';
import { chaosSeed, createRandom } from '#test/process/random';
import { allTables } from '#test/process/tables';

const KILLS = 20;
const PIPE_KILLS = 8;
const LEADS = 100;

let folder: TestFolder;
let file: string;
let events: EventsFile;
let expected: string;
/** Of an uninterrupted import, from spawn to exit, ms. */
let duration: number;

beforeAll(async () => {
  folder = testFolder();
  file = join(folder.dir, 'events.ndjson');
  events = writeEvents(file, LEADS, 7, 50);
  const dir = join(folder.dir, 'uninterrupted');
  const began = performance.now();
  const { end, out } = await leadstream('import', file, '--data', dir, '--json');
  duration = performance.now() - began;
  expect(end).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ finished: true, lines: events.lines, dead_letters: events.bad });
  expected = await allTables(dir);
});

afterEach(endAll);
afterAll(() => folder.remove());

test('the same seed generates the same bytes', async () => {
  const args = ['generate', '--leads', '50', '--days', '20', '--seed'];
  const [once, again, other] = await Promise.all([
    leadstream(...args, '7'),
    leadstream(...args, '7'),
    leadstream(...args, '8'),
  ]);
  expect(once.end).toBe(0);
  expect(once.out.split('\n').length).toBeGreaterThan(500);
  expect(again.out).toBe(once.out);
  expect(other.out).not.toBe(once.out);
});

test('the same lines, from a file or from standard input, give two fresh folders the same tables to the byte', async () => {
  const dir = join(folder.dir, 'second');
  const piped = startLeadstream('import', '-', '--data', dir, '--json');
  piped.stdin.end(readFileSync(file));
  expect((await piped.ended).end).toBe(0);
  expect(linesOf(expected, 'activities').length).toBeGreaterThan(1000);
  for (const view of ['score_changes', 'stage_changes', 'leads', 'triggers', 'handoffs', 'dead_letters', 'funnel']) {
    expect([view, linesOf(expected, view).length > 0]).toEqual([view, true]);
  }
  expect(await allTables(dir)).toBe(expected);
});

test(`an import killed ${KILLS} times at random instants ends with every table as if it never was`, async () => {
  const random = createRandom(chaosSeed('import'));
  const places: string[] = [];
  let rounds = 0;
  let dir = '';
  for (let kills = 0; kills < KILLS; rounds++) {
    dir = join(folder.dir, `killed-${rounds}`);
    for (let finished = false; !finished; ) {
      const importing = startLeadstream('import', file, '--data', dir, '--json');
      if (kills < KILLS) {
        const after = random() * 0.65 * duration;
        await Promise.race([sleep(after), importing.ended]);
        const { end, out, err } = await importing.kill('SIGKILL');
        if (end === 'SIGKILL') {
          kills++;
          places.push(`${rounds}:${Math.round(after)}`);
          // What others ask of the folder meanwhile must change nothing.
          const looks = random() < 0.1 && existsSync(join(dir, 'log', 'data.mdb'));
          if (looks) expect(await leadstream('verify', '--data', dir)).toMatchObject({ end: 0 });
          continue;
        }
        expect([end, err]).toEqual([0, expect.not.stringContaining('leadstream:')]);
        expectSummary(out);
      } else {
        expect(await importing.ended).toMatchObject({ end: 0 });
      }
      finished = true;
    }
    expect(await allTables(dir)).toBe(expected);
  }
  expect(await leadstream('verify', '--data', dir)).toMatchObject({
    end: 0,
    out: expect.stringContaining('No differences.'),
  });
  process.stdout.write(`import: ${KILLS} kills in ${rounds} folders, ms after the start: ${places.join(' ')}\n`);
}, 400_000);

test(`an import from standard input killed ${PIPE_KILLS} times goes on with what was read, also without the input`, async () => {
  const random = createRandom(chaosSeed('import from standard input'));
  const input = readFileSync(file);
  const went = { again: 0, without: 0 };
  let dir = '';
  for (let round = 0, kills = 0; kills < PIPE_KILLS; round++) {
    dir = join(folder.dir, `piped-${round}`);
    for (let finished = false; !finished; ) {
      const isSorted = existsSync(join(dir, 'import', 'manifest.json'));
      const isWithout = isSorted && random() < 0.5;
      went[isWithout ? 'without' : 'again']++;
      const importing = startLeadstream('import', '-', '--data', dir, '--json');
      importing.stdin.end(isWithout ? '' : input);
      const after = random() * 0.8 * duration;
      if (kills < PIPE_KILLS) await Promise.race([sleep(after), importing.ended]);
      const { end, out, err } = await (kills < PIPE_KILLS ? importing.kill('SIGKILL') : importing.ended);
      if (end === 'SIGKILL') {
        kills++;
        continue;
      }
      expect([end, err]).toEqual([0, expect.not.stringContaining('leadstream:')]);
      expectSummary(out);
      expect(existsSync(join(dir, 'import'))).toBe(false);
      finished = true;
    }
    expect(await allTables(dir)).toBe(expected);
  }
  process.stdout.write(`import -: ${went.without} times without the input, ${went.again} times with it\n`);
}, 400_000);

/** Of the whole import; one that was killed after its end is known again, and adds nothing. */
function expectSummary(out: string): void {
  const { known, ...summary } = JSON.parse(out);
  const dead_letters = known ? 0 : events.bad;
  expect(summary).toMatchObject({ finished: true, lines: events.lines, dead_letters });
}

function linesOf(tables: string, view: string): readonly string[] {
  return tables.split('\n').filter((line) => line.startsWith(`${view}\t`));
}
