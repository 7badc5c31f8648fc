import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { tryClaim } from '#app/folder/claim';
import { createScene, PASSING, type Scene } from '#app/folder/fixtures/scene';
import { claimFolder } from '#app/folder/own';
import { makePlace } from '#app/folder/place';

vi.setConfig({ testTimeout: 60_000 });

let scene: Scene;

beforeEach(() => {
  scene = createScene();
});

afterEach(async () => {
  await scene.close();
});

test('of 8 processes that claim a folder at once, exactly one gets it and the others name it', async () => {
  const racers = Array.from({ length: 8 }, () => scene.start());
  const lines = await Promise.all(racers.map((racer) => racer.line()));
  const winners = racers.filter((_, at) => lines[at] === 'claimed');
  expect(winners).toHaveLength(1);
  const refusal = `${scene.dir} is owned by "leadstream start" (process ${winners[0]?.pid}); stop it first, or use another --data folder`;
  expect(lines.filter((line) => line === refusal)).toHaveLength(7);
});

test('of many claims in a row and at once, never two hold at the same time, and all traces go', async () => {
  const place = await makePlace(scene.dir);
  let held = 0;
  let turns = 0;
  const claimer = async () => {
    while (turns < 200) {
      const attempt = await tryClaim(place, PASSING);
      if (attempt.kind === 'owned') continue;
      held++;
      turns++;
      expect(held).toBe(1);
      await sleep(0);
      held--;
      await attempt.claim.release();
    }
  };
  await Promise.all([claimer(), claimer(), claimer(), claimer()]);
  expect(readdirSync(place.owners)).toEqual([]);
});

test('8 processes that find a dead owner: exactly one takes over', async () => {
  const dead = scene.start();
  expect(await dead.line()).toBe('claimed');
  await dead.kill();
  const racers = Array.from({ length: 8 }, () => scene.start());
  const lines = await Promise.all(racers.map((racer) => racer.line()));
  expect(lines.filter((line) => line === 'claimed')).toHaveLength(1);
});

test('the claim of a killed owner is taken over at once, and nothing of it stays', async () => {
  const dead = scene.start();
  await dead.line();
  expect(await scene.claimHere()).toBe(`owned by ${dead.pid}`);
  await dead.kill();
  expect(await scene.claimHere()).toBe('claimed');
  expect(readdirSync(join(scene.dir, 'owner'))).toHaveLength(2);
});

test('a claim whose pid now belongs to another process is taken over', async () => {
  const owner = scene.start();
  await owner.line();
  const current = join(scene.dir, 'owner', 'current.json');
  const claim = JSON.parse(readFileSync(current, 'utf8'));
  await owner.kill();
  writeFileSync(current, JSON.stringify({ ...claim, pid: process.pid }));
  expect(await scene.claimHere()).toBe('claimed');
});

test('an owner whose socket was deleted is still the owner', async () => {
  const owner = scene.start();
  await owner.line();
  for (const name of readdirSync(join(scene.dir, 'owner')))
    if (name.endsWith('.sock')) rmSync(join(scene.dir, 'owner', name));
  expect(await scene.claimHere()).toBe(`owned by ${owner.pid}`);
});

test('a claim that a power cut tore is taken over, a copied folder has no owner', async () => {
  const owner = scene.start();
  await owner.line();
  const copy = mkdtempSync(join(tmpdir(), 'folder-copy-'));
  mkdirSync(join(copy, 'owner'));
  const current = readFileSync(join(scene.dir, 'owner', 'current.json'));
  for (const text of [current, current.subarray(0, 20), '']) {
    writeFileSync(join(copy, 'owner', 'current.json'), text);
    const attempt = await tryClaim(await makePlace(copy), PASSING);
    expect(attempt.kind).toBe('claimed');
    if (attempt.kind === 'claimed') await attempt.claim.release();
  }
  rmSync(copy, { recursive: true });
});

test('a passing owner is waited for, one that stays is not', async () => {
  const place = await makePlace(scene.dir);
  const passing = await tryClaim(place, PASSING);
  if (passing.kind === 'owned') throw new Error('the folder is fresh');
  const waiting = claimFolder({ dir: scene.dir, purpose: 'start', passing: false });
  await sleep(120);
  await passing.claim.release();
  const claim = await waiting;
  await expect(claimFolder({ dir: scene.dir, purpose: 'import', passing: false })).rejects.toThrow(
    'is owned by "leadstream start"',
  );
  await claim.announce({ url: 'http://127.0.0.1:9999' });
  await expect(claimFolder({ dir: scene.dir, purpose: 'import', passing: false })).rejects.toThrow(
    'http://127.0.0.1:9999',
  );
  await claim.release();
});
