import { describe, expect, test } from 'vitest';
import { DeciderMachine } from '#lib/flow/decider-machine';
import type { TableReader } from '#lib/flow/store';
import { Overlay } from '#lib/flow/table';
import { sha256 } from '#lib/hash/sha256';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { identifier, idOf } from '#services/identify/identifier';
import { createIdentifyTopology } from '#services/identify/topology';
import { answersTo } from '#test/given/answering';
import { DAY, event, T0, type Told } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';

/** What one event cost: rows read, of them and of those written the bytes. */
interface Cost {
  readonly rows: number;
  readonly bytes: number;
}

/** identify over one event after another, each a commit of its own. */
function identify(kept?: number) {
  const options = IDENTIFY;
  const { decider } = createIdentifyTopology({ ...options, ...(kept === undefined ? {} : { kept }) });
  const table = new Overlay();
  const owners = new Map<string, string>();
  let offset = 0;
  let answered = 0;
  let moves = 0;

  function hears(value: EventMessage, now: number): Cost {
    let [rows, bytes] = [0, 0];
    const take = (entry: unknown) => {
      rows += 1;
      bytes += JSON.stringify(entry)?.length ?? 0;
    };
    function* counted(entries: Iterable<readonly [string, unknown]>): Iterable<readonly [string, unknown]> {
      for (const entry of entries) {
        take(entry);
        yield entry;
      }
    }
    const counting: TableReader = {
      get(key) {
        const found = table.get(key);
        if (found !== undefined) take(found);
        return found;
      },
      range: (from, to) => counted(table.range(from, to)),
      reverseRange: (from, to) => counted(table.reverseRange(from, to)),
    };
    const machine = new DeciderMachine(decider, () => 1, counting);
    answered = 0;
    const input = { topic: TOPICS.events, partition: 0, offset: offset++, key: null, value };
    while (machine.decide(input, now) !== 'settled') answer(machine, now);
    for (const { value: output } of machine.outputs) {
      const { type, value: written } = output as ActivityMessage;
      if (type === 'Activity') owners.set(written.event_id, written.lead_id);
      if (type === 'MovedOut') moves += 1;
    }
    const changes = machine.changes();
    table.apply(changes);
    return { rows, bytes: bytes + JSON.stringify(changes).length };
  }

  /** Whoever is asked what was decided about it answers that nothing was. */
  function answer(machine: DeciderMachine, now: number): void {
    for (const { value } of machine.outputs.slice(answered)) {
      const { type, value: opened } = value as ActivityMessage;
      answered += 1;
      if (type !== 'JoinOpened') continue;
      for (const message of answersTo(opened)) {
        machine.decide({ topic: TOPICS.joins, partition: 0, offset: 0, key: null, value: message }, now);
      }
    }
  }

  hears(submitted(), T0);
  return {
    hears({ occurred_at = T0, received_at = occurred_at, ...told }: Told): Cost {
      return hears(event({ ...told, occurred_at, received_at }), received_at);
    },
    ownerOf: (event_id: string) => owners.get(event_id),
    moves: () => moves,
    rows: (prefix: string) => [...table.range(prefix, `${prefix}\u{10ffff}`)].length,
  };
}

const lead = (user: string) => idOf(identifier('user', user, sha256));
const device = identifier('anonymous', 'kiosk', sha256);
const at = (n: number) => T0 + n * 1000;

/** The rows of claims, and of runs beside the device's own. */
const CLAIMS = `claim.${device}:`;
const PAGES = `runs.${device}:`;

test('5,000 changes of user cost an event hardly more than 100, in rows and in bytes', () => {
  const world = identify();
  const costs = Array.from({ length: 5000 }, (_, n): Cost => {
    const identified = world.hears({ user: `u${n % 50}`, device: 'kiosk', occurred_at: at(2 * n) });
    const viewed = world.hears({ device: 'kiosk', occurred_at: at(2 * n + 1), event_id: `v${n}` });
    expect(world.ownerOf(`v${n}`)).toBe(lead(`u${n % 50}`));
    return { rows: identified.rows + viewed.rows, bytes: identified.bytes + viewed.bytes };
  });
  const sum = (of: keyof Cost, from: number) => costs.slice(from, from + 200).reduce((all, one) => all + one[of], 0);
  expect(sum('rows', 4800)).toBeLessThan(1.2 * sum('rows', 100));
  expect(sum('bytes', 4800)).toBeLessThan(1.2 * sum('bytes', 100));
  expect(Math.max(...costs.map(({ bytes }) => bytes))).toBeLessThan(40_000);
  const late = world.hears({ user: 'late', device: 'kiosk', occurred_at: at(5001), received_at: at(10_001) });
  expect(world.ownerOf('v2500')).toBe(lead('late'));
  expect(world.moves()).toBe(1);
  expect(late.rows).toBeLessThan(100);
  expect(late.bytes).toBeLessThan(100_000);
});

describe('of a device with more claims than are kept', () => {
  function crowded() {
    const world = identify(200);
    for (let n = 0; n < 1000; n++) {
      world.hears({ user: `u${n % 7}`, device: 'kiosk', occurred_at: at(4 * n) });
      world.hears({ device: 'kiosk', occurred_at: at(4 * n + 2), event_id: `v${n}` });
    }
    return world;
  }

  test('the newest stay, in bounded space', () => {
    const world = crowded();
    expect(world.rows(CLAIMS)).toBeGreaterThanOrEqual(200);
    expect(world.rows(CLAIMS)).toBeLessThan(200 + 64);
    expect(world.rows(PAGES)).toBeLessThan(20);
    expect(world.moves()).toBe(0);
  });

  test('what was done since the first that is kept still goes to whoever turns out to have used it', () => {
    const world = crowded();
    world.hears({ user: 'late', device: 'kiosk', occurred_at: at(4 * 850 + 1), received_at: at(5000) });
    expect([world.ownerOf('v849'), world.ownerOf('v850'), world.ownerOf('v851')]).toEqual([
      lead(`u${849 % 7}`),
      lead('late'),
      lead(`u${851 % 7}`),
    ]);
    expect(world.moves()).toBe(1);
  });

  test('what was done before stays where it is, whoever claims it then, is joined or unmerged', () => {
    const world = crowded();
    const owners = Array.from({ length: 600 }, (_, n) => world.ownerOf(`v${n}`));
    world.hears({ user: 'late', device: 'kiosk', occurred_at: at(1), received_at: at(5000) });
    expect(world.moves()).toBe(0);
    world.hears({ user: 'u1', email: 'other@x.org', occurred_at: at(5001) });
    world.hears({ email: 'other@x.org', occurred_at: at(-1), received_at: at(5002) });
    world.hears({ user: 'u0', email: 'other@x.org', occurred_at: at(5002) });
    world.hears({ name: 'unmerged', user: 'u2', device: 'kiosk', occurred_at: at(5003) });
    expect(Array.from({ length: 600 }, (_, n) => world.ownerOf(`v${n}`))).toEqual(owners);
    expect([world.ownerOf('v995'), world.ownerOf('v996')]).toEqual([lead('u0'), lead('u0')]);
  });
});

test('claims from over 400 days ago go, but for the last, which tells whose the device was then', () => {
  const world = identify();
  for (let n = 0; n < 60; n++) world.hears({ user: `u${n}`, device: 'kiosk', occurred_at: T0 + n });
  const later = T0 + 500 * DAY;
  world.hears({ device: 'kiosk', occurred_at: later, event_id: 'next' });
  for (let n = 0; n < 10; n++) world.hears({ user: 'v', device: 'kiosk', occurred_at: later + 1 + n });
  expect(world.rows(CLAIMS)).toBe(1 + 10);
  expect(world.ownerOf('next')).toBe(lead('u59'));
  world.hears({ device: 'kiosk', occurred_at: later - DAY, received_at: later + DAY, event_id: 'late' });
  expect(world.ownerOf('late')).toBe(lead('u59'));
});
