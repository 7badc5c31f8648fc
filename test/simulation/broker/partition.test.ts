import { describe, expect, test } from 'vitest';
import { type Part, SimulatedPartition } from '#test/simulation/broker/partition';

const AT = { topic: 'sim.facts', partition: 0 };

function records(...values: readonly string[]) {
  return values.map((value) => ({ ...AT, key: null, value }));
}

function seen(partition: SimulatedPartition): readonly unknown[] {
  return partition.visible.map(({ offset, value }) => [offset, value]);
}

describe('a simulated partition is read as Kafka reads committed records', () => {
  test('nothing behind an open transaction is seen, not even what another one has committed', () => {
    const partition = new SimulatedPartition(AT, false);
    const [first, second]: Part[] = [{ status: 'open' }, { status: 'open' }];
    if (first === undefined || second === undefined) throw new Error('two parts');
    partition.append(records('plain'));
    partition.append(records('a'), first);
    partition.append(records('b'), second);
    partition.mark(second, 'committed');
    expect(seen(partition)).toEqual([[0, 'plain']]);

    partition.mark(first, 'committed');
    expect(seen(partition)).toEqual([
      [0, 'plain'],
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  test('aborted records and markers leave gaps, and the end is after the last committed record', () => {
    const partition = new SimulatedPartition(AT, false);
    const aborted: Part = { status: 'open' };
    const committed: Part = { status: 'open' };
    partition.append(records('gone', 'gone too'), aborted);
    partition.mark(aborted, 'aborted');
    partition.append(records('kept'), committed);
    partition.mark(committed, 'committed');

    expect(seen(partition)).toEqual([[3, 'kept']]);
    expect(partition.end).toBe(4);
    expect(partition.written).toBe(5);
    expect(partition.from(1, 10).map(({ offset }) => offset)).toEqual([3]);
  });

  test('who waits is told once, when there is more to see', () => {
    const partition = new SimulatedPartition(AT, false);
    const part: Part = { status: 'open' };
    let told = 0;
    partition.wait(() => told++);
    partition.append(records('a'), part);
    expect(told).toBe(0);
    partition.mark(part, 'committed');
    partition.append(records('b'));
    expect(told).toBe(1);
  });
});
