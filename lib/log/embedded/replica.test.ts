import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log } from '#lib/flow/log';
import { type EmbeddedLog, openEmbeddedLog } from '#lib/log/embedded/log';
import { openReplica } from '#lib/log/embedded/replica';
import { type TestFolder, testFolder } from '#test/contracts/folder';
import { activityAt, CONTRACT_PARTITIONS, readAll, ticks, valuesOf } from '#test/contracts/log/given';
import { logContract } from '#test/contracts/log/log';
import { tickMessage } from '#test/contracts/messages';

/** A replica of a log; the log closes with it. */
async function replicaOf(
  owner: EmbeddedLog,
  dir: string,
  partitions: Readonly<Record<string, number>>,
  recentBytes?: number,
) {
  const { port1, port2 } = new MessageChannel();
  owner.attach(port1);
  return openReplica({ dir, port: port2, partitions, ...(recentBytes === undefined ? {} : { recentBytes }) });
}

for (const [name, recentBytes] of [
  ['a replica of the embedded log', undefined],
  ['a replica without recent records in memory', 0],
] as const) {
  logContract(name, true, async () => {
    const folder = testFolder();
    return {
      async open(partitions) {
        const owner = await openEmbeddedLog({ dir: folder.dir, partitions });
        const replica = await replicaOf(owner, folder.dir, partitions, recentBytes);
        return {
          ...replica,
          async close() {
            await replica.close();
            await owner.close();
          },
        };
      },
      dispose: async () => folder.remove(),
    };
  });
}

const INPUT = { topic: 'lead.events', partition: 0 };
const OUTPUT = activityAt(1);

describe('replicas of one log', () => {
  let folder: TestFolder;
  let owner: EmbeddedLog;
  let one: Log;
  let other: Log;
  beforeEach(async () => {
    folder = testFolder();
    owner = await openEmbeddedLog({ dir: folder.dir, partitions: CONTRACT_PARTITIONS });
    await owner.publish(ticks(INPUT, 0, 3));
    one = await replicaOf(owner, folder.dir, CONTRACT_PARTITIONS);
    other = await replicaOf(owner, folder.dir, CONTRACT_PARTITIONS);
  });
  afterEach(async () => {
    for (const log of [one, other, owner]) await log.close();
    folder.remove();
  });

  it('read what was written before them, by their owner and by each other', async () => {
    const values = (to: number) => Array.from({ length: to }, (_, n) => tickMessage(n));
    const following = other.reader(INPUT, 0);
    expect(await readAll(other, INPUT)).toHaveLength(3);

    await owner.publish(ticks(INPUT, 3, 2));
    await one.publish(ticks(INPUT, 5, 2));

    for (const log of [owner, one]) expect(await valuesOf(log, INPUT)).toEqual(values(7));
    const seen: unknown[] = [];
    while (seen.length < 7) {
      const records = await following.next(100, AbortSignal.timeout(5_000));
      if (records.length === 0) break;
      seen.push(...records.map(({ value }) => value));
    }
    await following.close();
    expect(seen).toEqual(values(7));
  });

  it('fence one another and their owner', async () => {
    const position = (offset: number) => [{ ...INPUT, position: { offset, cursor: 0 } }];
    const first = await owner.open('score-0');
    await first.commit(ticks(OUTPUT, 0, 1), position(1));
    const second = await one.open('score-0');
    expect(await second.positions([INPUT])).toEqual(position(1));
    await second.commit(ticks(OUTPUT, 1, 1), position(2));
    await expect(first.commit(ticks(OUTPUT, 9, 1), position(9))).rejects.toMatchObject({ code: 'fenced' });

    const third = await other.open('score-0');
    expect(await third.positions([INPUT])).toEqual(position(2));
    await expect(second.commit(ticks(OUTPUT, 9, 1), position(9))).rejects.toMatchObject({ code: 'fenced' });
    await third.commit(ticks(OUTPUT, 2, 1), position(3));

    expect(await valuesOf(owner, OUTPUT)).toEqual([0, 1, 2].map((n) => tickMessage(n)));
  });

  it('tell what the owner could not write', async () => {
    const task = await one.open('score-0');
    await owner.close();

    await expect(task.commit(ticks(OUTPUT, 0, 1), [])).rejects.toMatchObject({ name: 'FlowError' });
  });
});
