import { expect, test } from 'vitest';
import { dataFolder } from '#test/guide/folder';
import { leadstream } from '#test/process/command';
import { startServer } from '#test/process/server';

/**
 * # 2. What "accepted" means
 *
 * An event that was answered with success is on the disk. Nothing that happens afterwards, a crash, a power cut, an
 * upgrade, can lose it, and it will be counted once. So a publisher needs no more than this rule: until the answer comes,
 * send it again with the same `messageId`.
 */
test('an accepted event survives a crash, and counts once although it is sent again', async () => {
  const data = dataFolder();
  const event = { messageId: 'm-1', userId: 'ann', event: 'Trial Started' };
  const before = await startServer(data);

  const answer = await before.post('/v1/track', event);
  await before.kill('SIGKILL');
  expect(await answer.json()).toEqual({ success: true });

  const after = await startServer(data);
  await after.post('/v1/track', event);
  await after.kill('SIGKILL');

  // nobody runs any more: the command works off what the log holds, and then answers
  const { out } = await leadstream('explain', 'ann', '--data', data, '--json');
  expect(JSON.parse(out)).toMatchObject({ contributions: [{ event_id: 'm-1', rule: 'trial_started', raw: 25 }] });
});
