import { describe, expect, it, vi } from 'vitest';
import { fenced, outage } from '#lib/flow/errors';
import { type Host, host } from '#lib/flow/host';
import type { Log, Member } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';
import type { Task } from '#lib/flow/task';
import { createMemoryLog } from '#lib/log/memory/log';

const IN = 'in';
const SHARING = { topics: [IN], shares: 4 };

/** Sleeps end at once; how long they would have been is kept. */
function quickClock(slept: number[] = []): Clock {
  return {
    now: () => 0,
    async sleep(ms) {
      slept.push(ms);
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

/** Tasks that only wait for their end, and note who runs which share. */
function scene(log: Log = createMemoryLog({ partitions: { [IN]: 4 } })) {
  const running = new Map<number, string[]>();
  let twice = 0;
  const runs: string[] = [];

  function taskOf(owner: string, offset = 0) {
    return (share: number): Task => ({
      name: `echo-${share}`,
      positions: () => [{ topic: IN, partition: share, position: { offset, cursor: 0 } }],
      table: () => undefined,
      async run(signal) {
        const owners = [...(running.get(share) ?? []), owner];
        if (owners.length > 1) twice++;
        running.set(share, owners);
        runs.push(`${owner} ${share}`);
        await new Promise<void>((resolve) => {
          if (signal.aborted) resolve();
          else signal.addEventListener('abort', () => resolve(), { once: true });
        });
        // a commit is under way
        await new Promise((resolve) => setTimeout(resolve, 5));
        running.set(
          share,
          (running.get(share) ?? []).filter((other) => other !== owner),
        );
      },
    });
  }

  const start = (owner: string, stored: ReadonlyMap<number, number> = new Map(), offset = 0): Promise<Host> =>
    host({ log, clock: quickClock(), group: 'echo', sharing: SHARING, stored, taskOf: taskOf(owner, offset) });
  const owners = () => [0, 1, 2, 3].map((share) => (running.get(share) ?? []).join('+'));
  return { start, owners, runs, twice: () => twice };
}

/** A log whose only member is told by hand. */
function handled(): { readonly log: Log; member(): Member; left: number } {
  const state: { member: Member | undefined } = { member: undefined };
  const told = {
    left: 0,
    log: {
      ...createMemoryLog({ partitions: { [IN]: 4 } }),
      join: async (_group: string, _sharing: unknown, joined: Member) => {
        state.member = joined;
        await joined.assigned([0]);
        return async () => {
          await joined.revoked([0]);
          told.left++;
        };
      },
    },
    member: () => {
      if (state.member === undefined) throw new Error('nobody has joined');
      return state.member;
    },
  };
  return told;
}

describe('hosts of one service', () => {
  it('share its tasks; one that comes takes some over when the other has ended them, one that leaves gives all back', async () => {
    const { start, owners, twice } = scene();
    const a = await start('a');
    expect(owners()).toEqual(['a', 'a', 'a', 'a']);
    const b = await start('b');
    expect(owners().toSorted()).toEqual(['a', 'a', 'b', 'b']);
    expect(a.tasks()).toHaveLength(2);
    await a.stop();
    expect(owners()).toEqual(['b', 'b', 'b', 'b']);
    await b.stop();
    expect(owners()).toEqual(['', '', '', '']);
    expect(twice()).toBe(0);
  });

  it('give a share to the one whose store is newest: as it was at the start, and as its task has come since', async () => {
    const { start, owners } = scene();
    const far = new Map([[0, 50], [1, 50]]); // biome-ignore format: pairs
    const a = await start('a', new Map(), 10);
    const b = await start('b', far, 60);
    expect(owners()).toEqual(['b', 'b', 'a', 'a']);
    await b.stop();
    expect(owners()).toEqual(['a', 'a', 'a', 'a']);
    await a.stop();
  });
});

describe('a host', () => {
  it('waits and opens the task again that was fenced while it still has the share', async () => {
    const { log } = handled();
    const slept: number[] = [];
    let runs = 0;
    const one = await host({
      log,
      clock: quickClock(slept),
      group: 'echo',
      sharing: SHARING,
      stored: new Map(),
      taskOf: (share) => ({
        name: `echo-${share}`,
        positions: () => undefined,
        table: () => undefined,
        async run(signal) {
          if (++runs < 3) throw fenced('echo-0');
          await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        },
      }),
    });
    await vi.waitFor(() => expect(runs).toBe(3));
    expect(slept).toHaveLength(2);
    // longer than two missed heartbeats, so that a member that is out of the group has heard of it
    expect(Math.min(...slept)).toBeGreaterThan(2_000);
    await one.stop();
  });

  it('fails when a task cannot go on', async () => {
    const { log } = handled();
    const broken = async () => {
      throw new Error('a bug');
    };
    const task = { name: 'echo-0', positions: () => undefined, table: () => undefined, run: broken };
    const options = { log, clock: quickClock(), group: 'echo', sharing: SHARING, stored: new Map() };
    const one = await host({ ...options, taskOf: () => task });
    await expect(one.failed).rejects.toThrow('a bug');
    await one.stop();
  });

  it('fails when its membership is lost', async () => {
    const told = handled();
    const { start } = scene(told.log);
    const one = await start('a');
    told.member().lost?.(outage('the group', new Error('denied')));
    await expect(one.failed).rejects.toThrow('the group: denied');
    await one.stop();
    expect(told.left).toBe(1);
  });

  it('makes a task anew each time a share comes back, and tells how far its store was meanwhile', async () => {
    const told = handled();
    const { start, runs } = scene(told.log);
    const one = await start('a', new Map([[3, 7]]), 42);
    expect([...(told.member().progress?.() ?? [])].toSorted()).toEqual([
      [0, 42],
      [3, 7],
    ]);
    await told.member().revoked([0, 2]);
    expect(one.tasks()).toEqual([]);
    expect(told.member().progress?.().get(0)).toBe(42);
    await told.member().assigned([0]);
    expect(runs).toEqual(['a 0', 'a 0']);
    await one.stop();
  });
});
