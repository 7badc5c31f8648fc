import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { markOnKafka } from '#app/folder/log-place';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { endAll, leadstream, startLeadstream } from '#test/process/command';
import { writeEvents } from '#test/process/events-file';
import { startServer } from '#test/process/server';
import { allTables, rowsOf } from '#test/process/tables';

const PATIENCE = { timeout: 30_000, interval: 100 };

let folder: TestFolder;
let dir: string;

beforeEach(() => {
  folder = testFolder();
  dir = join(folder.dir, 'data');
});

afterEach(async () => {
  await endAll();
  folder.remove();
});

async function reading(command: string): Promise<string> {
  const { end, out, err } = await leadstream(...command.split(' '), '--data', dir);
  expect([command, end, err]).toEqual([command, 0, '']);
  return out;
}

test('start serves the page, probes and publishers; while it runs it answers for the folder what it answers later', async () => {
  const server = await startServer(dir);
  const page = await server.get('/');
  expect([page.status, page.headers.get('content-type')]).toEqual([200, expect.stringContaining('text/html')]);
  expect(await page.text()).toContain('Leadstream');
  expect((await server.get('/healthz')).status).toBe(200);
  expect(await (await server.get('/readyz')).json()).toMatchObject({ status: 'ready' });
  expect((await server.get('/api/funnel')).status).toBe(200);
  const person = { userId: 'ann', anonymousId: 'device', traits: { email: 'ann@example.com' } };
  const calls: readonly (readonly [path: string, body: object])[] = [
    ['page', { anonymousId: 'device', properties: { path: '/pricing' } }],
    ['identify', person],
    ['track', { ...person, event: 'Subscribed' }],
    ['screen', { ...person, name: 'Home' }],
    ['group', { ...person, groupId: 'acme' }],
    ['alias', { userId: 'ann', previousId: 'device' }],
    ['batch', { batch: [{ ...person, type: 'track', event: 'Trial Started' }] }],
  ];
  for (const [path, body] of calls) {
    const answer = await server.post(`/v1/${path}`, body);
    expect([path, answer.status, await answer.json()]).toEqual([path, 200, { success: true }]);
  }
  expect((await server.get('/pixel.gif')).status).toBeLessThan(500);
  expect(await reading('verify')).toContain('No differences.');
  const names = await rowsOf(dir, 'SELECT DISTINCT name FROM activities ORDER BY name');
  expect(names.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['aliased', 'grouped', 'identified', 'page_viewed', 'subscribed', 'trial_started']),
  );

  const at = new Date(Date.now() + 1000).toISOString();
  const commands = ['funnel', `explain ann --at ${at} --json`, 'dead-letters list --json'];
  const answers = async () => [
    await allTables(dir),
    ...(await Promise.all(commands.map((command) => reading(command)))),
  ];
  const running = await answers();
  expect(running.join('').length).toBeGreaterThan(1000);
  expect(await server.kill('SIGINT')).toMatchObject({ end: 0, err: expect.stringContaining('Stopping') });
  expect(await answers()).toEqual(running);
});

test('a second start or import on the folder ends with one line that names the first', async () => {
  const server = await startServer(dir);
  const file = join(folder.dir, 'events.ndjson');
  writeFileSync(file, '');
  for (const args of [
    ['start', '--port', '0'],
    ['import', file],
  ]) {
    const { end, out, err } = await leadstream(...args, '--data', dir);
    expect([args[0], end, out]).toEqual([args[0], 1, '']);
    expect(err).toMatch(/^leadstream: [^\n]*is owned by [^\n]*\n$/);
    expect(err).toContain(String(server.pid));
    expect(err).toContain(server.url);
  }
  const port = new URL(server.url).port;
  expect(await leadstream('start', '--data', join(folder.dir, 'other'), '--port', port)).toMatchObject({
    end: 1,
    err: expect.stringMatching(/^leadstream: port \d+ on 127\.0\.0\.1 is in use; choose another one with --port\n$/),
  });
  expect((await server.get('/healthz')).status).toBe(200);
  expect(await server.kill('SIGTERM')).toMatchObject({ end: 0 });
});

test('stopped with Ctrl-C and started again it goes on where it was', async () => {
  const first = await startServer(dir);
  for (const event of ['Subscribed', 'Trial Started', 'Appointment Scheduled']) {
    expect((await first.post('/v1/track', { messageId: event, userId: 'ann', event })).status).toBe(200);
  }
  expect(await first.kill('SIGINT')).toMatchObject({ end: 0 });
  const before = await allTables(dir);
  expect(before).toContain('Appointment Scheduled');

  const second = await startServer(dir);
  expect((await second.post('/v1/track', { messageId: 'again', userId: 'ann', event: 'Email Replied' })).status).toBe(
    200,
  );
  expect((await second.post('/v1/track', { messageId: 'Subscribed', userId: 'ann', event: 'Subscribed' })).status).toBe(
    200,
  );
  expect(await reading('verify')).toContain('No differences.');
  const after = await allTables(dir);
  for (const line of before.split('\n').filter((row) => /^(activities|stage_changes|triggers|handoffs)\t/.test(row))) {
    expect(after).toContain(line);
  }
  const leads = await rowsOf(dir, 'SELECT stage, toUInt32(activities) AS activities FROM leads');
  expect(leads).toEqual([{ stage: 'mql', activities: 4 }]);
  expect(await second.kill('SIGINT')).toMatchObject({ end: 0 });
});

test('start on an unfinished import says so and changes nothing; the import then ends as an uninterrupted one', async () => {
  const file = join(folder.dir, 'events.ndjson');
  writeEvents(file, 150, 9, 100);
  const importing = startLeadstream('import', '-', '--data', dir);
  importing.stdin.end(readFileSync(file));
  // A bad line is told when it is in the log: the first ones long before the import is done.
  await importing.printed(/^line \d+: /m);
  expect((await importing.kill('SIGKILL')).end).toBe('SIGKILL');

  const refused = await leadstream('start', '--data', dir, '--port', '0');
  expect([refused.end, refused.out]).toEqual([1, '']);
  const goOn = `leadstream import - --data ${dir} < /dev/null`;
  expect(refused.err).toMatch(
    /^leadstream: the import of - into \S+ is unfinished after \d+ lines; run the same import again first, or go on with what was read: [^\n]+\n$/,
  );
  expect(refused.err).toContain(`${goOn}\n`);
  const other = join(folder.dir, 'other.ndjson');
  writeEvents(other, 10, 10);
  expect(await leadstream('import', other, '--data', dir)).toMatchObject({
    end: 1,
    err: expect.stringMatching(/leadstream: the import of - is unfinished after \d+ lines, and this is another input/),
  });
  const goingOn = startLeadstream('import', '-', '--data', dir, '--json');
  goingOn.stdin.end();
  const { end, out } = await goingOn.ended;
  expect(end).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ finished: true });

  const uninterrupted = join(folder.dir, 'uninterrupted');
  const whole = await leadstream('import', file, '--data', uninterrupted, '--json');
  expect({ ...JSON.parse(out), duration_ms: 0 }).toEqual({ ...JSON.parse(whole.out), duration_ms: 0 });
  expect(await allTables(dir)).toBe(await allTables(uninterrupted));
  const started = await startServer(dir);
  expect(await started.kill('SIGINT')).toMatchObject({ end: 0 });
}, 240_000);

test('start after an import that was killed while it read says what to do', async () => {
  const importing = startLeadstream('import', '-', '--data', dir);
  const file = join(folder.dir, 'events.ndjson');
  writeEvents(file, 20, 9);
  importing.stdin.write(readFileSync(file));
  await vi.waitFor(() => expect(existsSync(join(dir, 'import'))).toBe(true), PATIENCE);
  await importing.kill('SIGKILL');
  const refused = await leadstream('start', '--data', dir, '--port', '0');
  expect([refused.end, refused.err]).toEqual([
    1,
    `leadstream: an import into ${dir} was interrupted while it read its input; run the same import again first, or remove ${join(dir, 'import')} to do without it\n`,
  ]);
  expect(await leadstream('import', file, '--data', dir)).toMatchObject({ end: 0 });
  const started = await startServer(dir);
  expect(await started.kill('SIGINT')).toMatchObject({ end: 0 });
});

test('a folder of services on Kafka, none of which runs, is left as it is, in one plain line', async () => {
  mkdirSync(dir);
  await markOnKafka(dir);
  const before = readdirSync(dir);
  const file = join(folder.dir, 'events.ndjson');
  writeEvents(file, 1, 1);
  for (const command of [['apply'], ['funnel'], ['start', '--port', '0'], ['import', file]]) {
    const { end, out, err } = await leadstream(...command, '--data', dir);
    expect([command, end, out]).toEqual([command, 1, '']);
    expect(err).toMatch(/^leadstream: the log of \S+ is on Kafka, and nothing runs here: start its services .*\n$/);
  }
  expect(readdirSync(dir).filter((name) => name !== 'owner')).toEqual(before);
});

test('services on Kafka do not begin in a folder that has a log of its own', async () => {
  const server = await startServer(dir);
  await server.kill('SIGTERM');
  expect(await leadstream('run', '--data', dir, '--port', '0')).toEqual({
    end: 1,
    out: '',
    err: `leadstream: ${dir} has a log of its own, of "leadstream start" or "leadstream import": name another folder for services on Kafka, with --data\n`,
  });
});
