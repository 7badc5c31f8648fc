import { describe, expect, it } from 'vitest';
import { outage } from '#lib/flow/errors';
import { createSchemasById } from '#lib/log/kafka/registry/by-id';
import { handClock } from '#lib/log/kafka/registry/given';

/** Answers from a list by id; remembers who asked for what. */
function given(stored: ReadonlyMap<number, unknown>) {
  const clock = handClock();
  const asked: number[] = [];
  const schemas = createSchemasById(async (id) => {
    asked.push(id);
    return stored.get(id);
  }, clock);
  return { clock, asked, schemas };
}

describe('schemas by id', () => {
  it('are fetched once, also if several readers ask at the same time', async () => {
    const { asked, schemas } = given(
      new Map([
        [1, 'a'],
        [2, 'b'],
      ]),
    );

    await Promise.all([schemas.ensure([1, 2, 1]), schemas.ensure([2, 1])]);
    await schemas.ensure([1, 2]);

    expect(asked.toSorted()).toEqual([1, 2]);
    expect([schemas.get(1), schemas.get(2)]).toEqual(['a', 'b']);
  });

  it('that are known already are not fetched', async () => {
    const { asked, schemas } = given(new Map());
    schemas.set(7, 'ours');

    await schemas.ensure([7]);

    expect(asked).toEqual([]);
    expect(schemas.get(7)).toBe('ours');
  });

  it('which a lagging replica does not know yet are found a moment later', async () => {
    const stored = new Map<number, unknown>();
    const { clock, asked, schemas } = given(stored);
    const asking = schemas.ensure([3]);
    stored.set(3, 'late');
    await asking;

    expect(schemas.get(3)).toBe('late');
    expect(asked).toEqual([3, 3]);
    expect(clock.slept).toEqual([100]);
  });

  it('that do not exist are not asked for again for a minute', async () => {
    const stored = new Map<number, unknown>();
    const { clock, asked, schemas } = given(stored);
    await schemas.ensure([3]);
    expect(schemas.get(3)).toBeUndefined();
    const first = asked.length;

    stored.set(3, 'registered since');
    clock.advance(59_999);
    await schemas.ensure([3]);
    expect(schemas.get(3)).toBeUndefined();
    expect(asked.length).toBe(first);

    clock.advance(1);
    await schemas.ensure([3]);
    expect(schemas.get(3)).toBe('registered since');
  });

  it('keep what an outage let through, and are asked for again after it', async () => {
    let down = true;
    const asked: number[] = [];
    const schemas = createSchemasById(async (id) => {
      asked.push(id);
      if (down && id === 2) throw outage('the registry', new Error('down'));
      return id;
    }, handClock());

    await expect(Promise.all([schemas.ensure([1, 2]), schemas.ensure([2])])).rejects.toMatchObject({ retriable: true });
    expect(schemas.get(2)).toBeUndefined();
    down = false;
    await schemas.ensure([1, 2]);

    expect([schemas.get(1), schemas.get(2)]).toEqual([1, 2]);
    expect(asked).toEqual([1, 2, 2]);
  });

  it('are asked for a few at a time, however many unknown ids a page of records names', async () => {
    let running = 0;
    let most = 0;
    const schemas = createSchemasById(async (id) => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      return id;
    }, handClock());

    await schemas.ensure(Array.from({ length: 100 }, (_, id) => id));

    expect(most).toBe(8);
    expect(schemas.get(99)).toBe(99);
  });
});
