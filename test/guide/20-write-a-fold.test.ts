import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import type { Fold } from '#lib/flow/fold';
import { foldTopology } from '#lib/flow/topology';

/**
 * # 20. Write a fold
 *
 * For those who extend Leadstream: services are folds, pure functions of one partition of a topic, lead by lead. This one
 * notices a cart that was left alone for an hour. It has no clock; it says when it wants to be woken, and the log's time
 * wakes it. `lib/flow/README.md` tells the rest.
 */
const HOUR = 3_600_000;

interface CartEvent {
  /** null: time passes, for everybody */
  readonly lead: string | null;
  readonly seq: number;
  readonly at: number;
  readonly what: 'added' | 'ordered' | 'tick';
}

interface Abandoned {
  readonly lead: string;
  readonly items: number;
  readonly at: number;
}

const carts: Fold<{ readonly items: number }, CartEvent, Abandoned, null> = {
  name: 'carts',
  describe: ({ lead, seq, at }) => ({ key: lead, seq, loggedAt: at }),
  keyOf: ({ lead }) => lead,
  initialShared: null,
  broadcast: (shared) => ({ shared, pass: undefined }),
  step: (cart, { what }, { loggedAt }) =>
    what === 'added'
      ? { state: { items: (cart?.items ?? 0) + 1 }, emit: [], wakeAt: loggedAt + HOUR }
      : { state: undefined, emit: [] },
  wake: ({ items }, due, { key }) => ({ state: undefined, emit: [{ lead: key, items, at: due }] }),
};

const topology = foldTopology({ service: 'carts', input: 'cart.events', output: 'cart.abandoned', fold: carts });

/** `drive` runs topologies in memory, through the code that runs in production. */
function given(...events: readonly CartEvent[]): readonly unknown[] {
  const running = drive([topology], () => 1);
  for (const event of events) running.publish('cart.events', event, event.at);
  return running.records('cart.abandoned').map(({ value }) => value);
}

test('a cart is abandoned when nothing happens to it for an hour', () => {
  const found = given(
    { lead: 'ann', seq: 1, at: 0, what: 'added' },
    { lead: 'ann', seq: 2, at: HOUR / 2, what: 'added' },
    { lead: null, seq: 3, at: 2 * HOUR, what: 'tick' },
  );
  expect(found).toEqual([{ lead: 'ann', items: 2, at: 1.5 * HOUR }]);
});

test('a cart that was ordered is not', () => {
  const found = given(
    { lead: 'ann', seq: 1, at: 0, what: 'added' },
    { lead: 'ann', seq: 2, at: HOUR / 2, what: 'ordered' },
    { lead: null, seq: 3, at: 2 * HOUR, what: 'tick' },
  );
  expect(found).toEqual([]);
});
