import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Answer } from '#app/folder/answer';
import { createScene, keepAnswer, type Scene } from '#app/folder/fixtures/scene';
import { claimFolder } from '#app/folder/own';
import { serveOwner } from '#app/folder/serve';

vi.setConfig({ testTimeout: 60_000 });

let scene: Scene;

beforeEach(() => {
  scene = createScene();
});

afterEach(async () => {
  await scene.close();
});

test('a stopped owner is still the owner, and who asks it is told that it does not react', async () => {
  const owner = scene.start('http://127.0.0.1:8080');
  await owner.line();
  owner.child.kill('SIGSTOP');
  expect(await scene.claimHere()).toBe(`owned by ${owner.pid}`);
  await expect(scene.ask('flood', keepAnswer(), 200)).rejects.toThrow(
    `"leadstream start" (process ${owner.pid}, http://127.0.0.1:8080) owns ${scene.dir} and does not react`,
  );
  owner.child.kill('SIGCONT');
  expect(await scene.ask('flood', keepAnswer())).toBe(0);
});

test('a folder with a path longer than sockets allow is owned and answered like any other', async () => {
  const outer = scene.dir;
  scene.dir = join(outer, 'x'.repeat(200), 'y'.repeat(100));
  const owner = scene.start();
  await owner.line();
  expect(await scene.claimHere()).toBe(`owned by ${owner.pid}`);
  const answer = keepAnswer();
  expect(await scene.ask('flood', answer)).toBe(0);
  scene.dir = outer;
});

test('an answer of 50 MB comes whole, with its errors and exit code', async () => {
  const owner = scene.start();
  await owner.line();
  const answer = keepAnswer();
  expect(await scene.ask('flood', answer)).toBe(0);
  expect(answer.bytes()).toBe(50 * 1024 * 1024);
  expect(answer.text()).toContain('50 megabytes');
});

test('an owner does not run ahead of a slow reader', async () => {
  const claim = await claimFolder({ dir: scene.dir, purpose: 'start', passing: false });
  scene.hold(claim);
  let sent = 0;
  serveOwner(claim, async (_, answer) => {
    for (; sent < 200; sent++) await answer.out(Buffer.alloc(1024 * 1024));
    return 0;
  });
  let received = 0;
  const slow: Answer = {
    ...keepAnswer(),
    out: async (chunk) => {
      received += chunk.length;
      await sleep(1);
      expect(sent * 1024 * 1024 - received).toBeLessThan(8 * 1024 * 1024);
    },
  };
  expect(await scene.ask('flood', slow)).toBe(0);
  expect(received).toBe(200 * 1024 * 1024);
});

test('who goes away cancels the work on the answer', async () => {
  const owner = scene.start();
  await owner.line();
  const answer = keepAnswer();
  const asked = scene.ask('stall', answer);
  while (answer.bytes() === 0) await sleep(5);
  answer.gone.abort(new Error('gone away'));
  await expect(asked).rejects.toThrow('gone away');
  expect(await owner.line()).toBe('cancelled');
});

test('an owner that dies in the middle of its answer is one plain line', async () => {
  const owner = scene.start();
  await owner.line();
  await expect(scene.ask('die', keepAnswer())).rejects.toThrow(
    `"leadstream start" (process ${owner.pid}) ended in the middle of its answer; run the command again`,
  );
});

test('a request made while the owner opens the folder is answered when it is open', async () => {
  const claim = await claimFolder({ dir: scene.dir, purpose: 'start', passing: false });
  scene.hold(claim);
  const answer = keepAnswer();
  const asked = scene.ask('early', answer);
  await sleep(50);
  serveOwner(claim, async (request, to) => {
    await to.out(`answer to ${request}`);
    return 0;
  });
  expect(await asked).toBe(0);
  expect(answer.text()).toBe('answer to early');
});

test('a request that throws is one plain line and exit code 1', async () => {
  const claim = await claimFolder({ dir: scene.dir, purpose: 'start', passing: false });
  scene.hold(claim);
  serveOwner(claim, () => Promise.reject(new Error('no such\n  table')));
  const answer = keepAnswer();
  expect(await scene.ask('sql', answer)).toBe(1);
  expect(answer.text()).toBe('leadstream: no such table\n');
});
