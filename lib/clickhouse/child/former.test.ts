import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { endFormer, nameServer } from '#lib/clickhouse/child/former';
import { newFolder, runs } from '#lib/clickhouse/child/given';

/** A process that stands for a server, and ends after so long, ms. */
async function standIn(lasts: number): Promise<{ readonly child: ChildProcess; readonly pid: number }> {
  const child = spawn(process.execPath, ['-e', `console.log('up'); setTimeout(() => {}, ${lasts})`]);
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return { child, pid: child.pid ?? 0 };
}

/** A folder that names a server whose parent has ended, unless told otherwise. */
async function folderOf(pid: number, parent: 'ended' | 'runs' = 'ended') {
  const dir = await newFolder();
  const lock = join(dir, 'process.json');
  await nameServer(lock, dir, pid);
  if (parent === 'ended') {
    const written = JSON.parse(await readFile(lock, 'utf8'));
    const { pid: gone } = spawnSync(process.execPath, ['-e', '']);
    await writeFile(lock, JSON.stringify({ ...written, parent: { ...written.parent, pid: gone } }));
  }
  return { dir, lock };
}

test('a server that ends by itself is waited for', async () => {
  const { child, pid } = await standIn(300);
  const { dir, lock } = await folderOf(pid);
  await endFormer(lock, dir, 20_000);
  expect([await runs(pid), child.signalCode]).toEqual([false, null]);
});

test('one that does not is ended', async () => {
  const { child, pid } = await standIn(1_000_000);
  const { dir, lock } = await folderOf(pid);
  await endFormer(lock, dir, 50);
  expect(await runs(pid)).toBe(false);
  await expect.poll(() => child.signalCode).toBe('SIGKILL');
});

test('one whose parent runs is in use', async () => {
  const { pid } = await standIn(1_000_000);
  const { dir, lock } = await folderOf(pid, 'runs');
  await expect(endFormer(lock, dir, 50)).rejects.toMatchObject({ code: 'outage', retriable: true });
  expect(await runs(pid)).toBe(true);
});

test('another process that has got the same number is left alone', async () => {
  const { pid } = await standIn(1_000_000);
  const { dir, lock } = await folderOf(pid);
  const written = JSON.parse(await readFile(lock, 'utf8'));
  await writeFile(lock, JSON.stringify({ ...written, server: { ...written.server, started: 'another time' } }));
  await endFormer(lock, dir, 50);
  expect(await runs(pid)).toBe(true);
});

test('a copy of a folder has no server', async () => {
  const { pid } = await standIn(1_000_000);
  const { dir } = await folderOf(pid);
  const copy = join(await newFolder(), 'copy');
  await cp(dir, copy, { recursive: true });
  await endFormer(join(copy, 'process.json'), copy, 50);
  expect(await runs(pid)).toBe(true);
});

test.each([
  ['', '{'],
  ['torn', '{"server":{"pid":-1,"started":"x","namespace":""}}'],
])('a lock with a %s text names nobody', async (_what, text) => {
  const dir = await newFolder();
  const lock = join(dir, 'process.json');
  await writeFile(lock, text);
  await endFormer(lock, dir, 50);
});
