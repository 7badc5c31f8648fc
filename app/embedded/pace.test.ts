import { describe, expect, it } from 'vitest';
import { LONGEST_WAIT, paced } from '#app/embedded/pace';
import type { Outgoing } from '#lib/flow/log';
import type { Clock } from '#lib/flow/ports';

/** Publishers in front of a pipeline that is behind until told otherwise. */
function given() {
  let now = 0;
  let behind = true;
  const published: string[] = [];
  const clock: Clock = {
    now: () => now,
    sleep: () => new Promise((resolve) => setImmediate(resolve)),
  };
  let mostOnTheirWay = 0;
  const publish = paced(
    async (records) => {
      await clock.sleep(1);
      published.push(...records.map(({ key }) => key ?? ''));
    },
    async (onTheirWay) => {
      mostOnTheirWay = Math.max(mostOnTheirWay, onTheirWay);
      return behind || onTheirWay > 0;
    },
    clock,
  );
  return {
    publish: (...keys: string[]) => publish(keys.map((key): Outgoing => ({ topic: 't', partition: 0, key, value: 1 }))),
    published,
    turns: async () => {
      for (let turn = 0; turn < 20; turn++) await clock.sleep(1);
    },
    catchesUp: () => {
      behind = false;
    },
    passes: (ms: number) => {
      now += ms;
    },
    mostOnTheirWay: () => mostOnTheirWay,
  };
}

describe('publishers in front of a pipeline that is behind', () => {
  it('wait until it has caught up, and are let in one after another as they came', async () => {
    const { publish, published, turns, catchesUp, mostOnTheirWay } = given();
    const all = [publish('a', 'b'), publish('c'), publish('d')];
    await turns();
    expect(published).toEqual([]);

    catchesUp();
    await Promise.all(all);
    expect(published).toEqual(['a', 'b', 'c', 'd']);
    expect(mostOnTheirWay()).toBe(2);
  });

  it('do not wait behind those who bring many', async () => {
    const { publish, published, turns, catchesUp } = given();
    const many = Array.from({ length: 100 }, () => 'many');
    const all = [publish(...many), publish(...many), publish('a')];
    await turns();
    catchesUp();
    await Promise.all(all);
    expect(published.indexOf('a')).toBeLessThan(200);
  });

  it('wait no longer than a second, each', async () => {
    const { publish, published, turns, passes } = given();
    const all = [publish('a'), publish('b')];
    passes(LONGEST_WAIT - 1);
    await turns();
    expect(published).toEqual([]);

    passes(1);
    await Promise.all(all);
    expect(published).toEqual(['a', 'b']);
  });
});
