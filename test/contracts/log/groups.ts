import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Log, Member, Sharing } from '#lib/flow/log';
import { TOPICS } from '#schemas/topics';

interface TestMember extends Member {
  readonly has: Set<number>;
}

/** A member that notes what it has. `stores`: how far its own stores are. */
function memberWith(stores: ReadonlyMap<number, number> = new Map()): TestMember {
  const has = new Set<number>();
  return {
    has,
    async assigned(shares) {
      for (const share of shares) {
        expect(has.has(share)).toBe(false);
        has.add(share);
      }
    },
    async revoked(shares) {
      for (const share of shares) expect(has.delete(share)).toBe(true);
    },
    progress: () =>
      new Map([...stores, ...Array.from(has, (share): [number, number] => [share, stores.get(share) ?? 1])]),
  };
}

/** Waits until what members have is as wanted: on a log of several machines news takes a while. */
async function eventually(wanted: () => void): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      wanted();
      return;
    } catch (thrown) {
      if (attempt === 300) throw thrown;
      await sleep(50);
    }
  }
}

function sizes(members: readonly TestMember[]): number[] {
  return members.map(({ has }) => has.size).toSorted();
}

function everything(members: readonly TestMember[]): number[] {
  return members.flatMap(({ has }) => [...has]).toSorted();
}

/** How the members of a group share what there is. */
export function groupsContract(current: () => Log): void {
  describe('groups', () => {
    const perPartition: Sharing = { topics: [TOPICS.activity, TOPICS.scores], shares: 3 };
    let log: Log;
    let leaves: (() => Promise<void>)[] = [];
    const join = async (member: Member, group = 'score', sharing = perPartition) => {
      const leave = await log.join(group, sharing, member);
      leaves.push(leave);
      return leave;
    };
    beforeEach(() => {
      log = current();
      leaves = [];
    });
    afterEach(async () => {
      await Promise.all(leaves.map((leave) => leave()));
    });

    it('one member has all shares, and none when it has left', async () => {
      const only = memberWith();
      const leave = await join(only);

      expect(everything([only])).toEqual([0, 1, 2]);
      await leave();
      expect(only.has.size).toBe(0);
    });

    it('members share evenly, and hand over when they come and go', async () => {
      const [a, b, c] = [memberWith(), memberWith(), memberWith()];
      const leaveA = await join(a);
      await join(b);
      await eventually(() => {
        expect(sizes([a, b])).toEqual([1, 2]);
        expect(everything([a, b])).toEqual([0, 1, 2]);
      });

      await join(c);
      await eventually(() => {
        expect(sizes([a, b, c])).toEqual([1, 1, 1]);
        expect(everything([a, b, c])).toEqual([0, 1, 2]);
      });

      await leaveA();
      await eventually(() => {
        expect(a.has.size).toBe(0);
        expect(sizes([b, c])).toEqual([1, 2]);
        expect(everything([b, c])).toEqual([0, 1, 2]);
      });
    });

    it('a member too many waits for its turn', async () => {
      const members = Array.from({ length: 4 }, () => memberWith());
      const leaving: (() => Promise<void>)[] = [];
      for (const member of members) leaving.push(await join(member));
      await eventually(() => {
        expect(sizes(members)).toEqual([0, 1, 1, 1]);
        expect(everything(members)).toEqual([0, 1, 2]);
      });

      await leaving[members.findIndex(({ has }) => has.size === 1)]?.();
      await eventually(() => expect(everything(members)).toEqual([0, 1, 2]));
    });

    it('who has the newest store of a share gets it', async () => {
      const older = memberWith(
        new Map([
          [0, 50],
          [1, 50],
          [2, 50],
        ]),
      );
      const newer = memberWith(new Map([[1, 70]]));
      await join(older);
      await join(newer);

      await eventually(() => {
        expect([...older.has].toSorted()).toEqual([0, 2]);
        expect([...newer.has]).toEqual([1]);
      });
    });

    it('one share has all partitions: one member works, the others stand by', async () => {
      const whole: Sharing = { topics: [TOPICS.events, TOPICS.activity], shares: 1 };
      const [active, standby] = [memberWith(), memberWith()];
      const leave = await join(active, 'identify', whole);
      await join(standby, 'identify', whole);
      await eventually(() => expect([active.has.size, standby.has.size].toSorted()).toEqual([0, 1]));

      await leave();
      await eventually(() => expect(everything([active, standby])).toEqual([0]));
    });

    it('do not disturb each other, and partitions divide into equal shares', async () => {
      const [one, other] = [memberWith(), memberWith()];
      await join(one, 'score');
      await join(other, 'stage');

      expect(everything([one])).toEqual([0, 1, 2]);
      const uneven = log.join('uneven', { topics: [TOPICS.events, TOPICS.activity], shares: 3 }, memberWith());
      await expect(uneven).rejects.toThrow('equal parts');
    });
  });
}
