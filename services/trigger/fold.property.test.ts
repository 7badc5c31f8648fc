import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { AnyFold } from '#lib/flow/topology';
import type { Program } from '#lib/model/model';
import { DAY, HOUR, MINUTE, mail, pricing, program } from '#services/trigger/given';
import { createWorld } from '#services/trigger/world';
import { NOON } from '#test/given/activity';
import { stageMove } from '#test/given/model';

const late = { maxLateness: HOUR };
const programs: readonly Program[] = [
  program({
    id: 'papers',
    reentryAfter: 2 * DAY,
    exitOn: new Set(['unsubscribed', 'deal_won']),
    steps: [mail('one', 0), mail('two', DAY), mail('three', 2 * DAY, late)],
  }),
  program({ id: 'prices', enter: pricing(3, 2 * DAY), reentryAfter: 0, steps: [mail('compare', HOUR, late)] }),
  program({
    id: 'hot',
    enter: { kind: 'stage', stage: 'mql' },
    audience: new Set(['mql']),
    reentryAfter: DAY,
    steps: [mail('call', 0, { channel: 'alert' }), mail('again', DAY, { channel: 'alert' })],
  }),
];
const edited = programs.map((one) => ({ ...one, steps: [...one.steps, mail('last', 3 * DAY)] }));

const lead = fc.constantFrom('ada', 'bob', 'cleo');
const wait = fc.oneof(fc.nat(5 * MINUTE), fc.nat(12 * HOUR), fc.nat(4 * DAY));
const name = fc.constantFrom('page_viewed', 'asset_downloaded', 'unsubscribed', 'subscribed', 'deal_won');

const happening = fc.oneof(
  fc.record({
    kind: fc.constant('activity' as const),
    wait,
    lead,
    name,
    stage: fc.constantFrom('lead', 'mql', 'customer'),
    cause: fc.constantFrom('live' as const, 'live' as const, 'historic' as const, 'move' as const),
    ago: fc.nat(DAY),
    known: fc.boolean(),
  }),
  fc.record({ kind: fc.constantFrom('out' as const, 'merge' as const, 'tick' as const), wait, lead, nth: fc.nat(20) }),
  fc.record({ kind: fc.constant('wake' as const), wait, lead, stage: fc.constantFrom('lead', 'mql'), overdue: wait }),
  fc.record({ kind: fc.constant('model' as const), wait, version: fc.constantFrom('v1', 'v2') }),
);

/** A fold whose state is nothing but plain data between steps. */
function throughStore(fold: AnyFold): AnyFold {
  const stored = (value: unknown): unknown => (value === undefined ? undefined : JSON.parse(JSON.stringify(value)));
  return {
    ...fold,
    step: (state, record, context) => fold.step(stored(state), record, { ...context, shared: stored(context.shared) }),
    wake: (state, due, context) => fold.wake(stored(state), due, { ...context, shared: stored(context.shared) }),
  };
}

type World = ReturnType<typeof createWorld>;
type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never;

const entering = (stage: string, at: number) => ({
  stage_after: stage,
  moves: [stageMove({ from_stage: 'lead', to_stage: stage, reason: 'r', at })],
});

function happens(world: World, one: Happening, at: number, nth: number): void {
  if (one.kind === 'activity') {
    world.does(
      { event_id: `e${nth}`, name: one.name, path: '/pricing', cause: one.cause, occurred_at: at - one.ago },
      { at, lead_id: one.lead, known: one.known, ...(one.cause === 'move' ? {} : entering(one.stage, at)) },
    );
  } else if (one.kind === 'wake') {
    const then = { logged_at: at, at: at - one.overdue };
    world.record({ lead_id: one.lead, cause_id: `quiet@${nth}`, ...then, ...entering(one.stage, at) });
  } else if (one.kind === 'model') {
    world.applies(one.version, at);
  } else if (one.kind === 'tick') {
    world.passes(at);
  } else if (one.kind === 'merge') {
    world.merges(at, one.lead);
  } else {
    world.movesOut({ event_id: `e${one.nth}` }, at, one.lead);
  }
}

function run(happenings: readonly Happening[], wrap?: Parameters<typeof createWorld>[1]): World {
  const world = createWorld({ v1: programs, v2: edited }, wrap);
  let at = NOON;
  world.applies('v1', at);
  happenings.forEach((one, nth) => {
    at += one.wait;
    happens(world, one, at, nth);
  });
  world.passes(at + 30 * DAY);
  return world;
}

const histories = fc.array(happening, { maxLength: 40 });

test('the same input order gives the same triggers, also when state is read back from a store each time', () => {
  fc.assert(
    fc.property(histories, (happenings) => {
      expect(run(happenings, throughStore).triggers()).toEqual(run(happenings).triggers());
    }),
  );
});

test('no step of an entry is triggered twice, and every id is given once', () => {
  fc.assert(
    fc.property(histories, (happenings) => {
      const triggers = run(happenings).triggers();
      const steps = triggers.map((one) => [one.lead_id, one.program, one.model_version, one.step, one.cause_id].join());
      expect(new Set(steps).size).toBe(steps.length);
      expect(new Set(triggers.map((one) => one.trigger_id)).size).toBe(triggers.length);
    }),
  );
});

test('outputs are numbered within their seq, in order, and none is logged before it is due', () => {
  fc.assert(
    fc.property(histories, (happenings) => {
      const triggers = run(happenings).triggers();
      const counts = new Map<number, number>();
      for (const { seq, step_no } of triggers) {
        expect(step_no).toBe(counts.get(seq) ?? 0);
        counts.set(seq, step_no + 1);
      }
      expect(triggers.filter((one) => one.at > one.logged_at)).toEqual([]);
    }),
  );
});

test('nothing late is sent, and a mail is never sent to nowhere', () => {
  fc.assert(
    fc.property(histories, (happenings) => {
      const sent = run(happenings)
        .triggers()
        .filter((one) => one.suppressed_by === null);
      expect(sent.filter((one) => one.logged_at - one.at > (one.step === 'three' ? HOUR : 2 * DAY))).toEqual([]);
      expect(sent.filter((one) => one.channel === 'mail' && one.personal.email === null)).toEqual([]);
    }),
  );
});

test('once all programs are over, only what may still matter is remembered', () => {
  fc.assert(
    fc.property(histories, (happenings) => {
      const world = run(happenings);
      const entered = new Set(world.triggers().map((one) => one.lead_id));
      for (const one of ['ada', 'bob', 'cleo']) {
        if (world.remembers(one)) expect(entered.has(one)).toBe(true);
      }
    }),
  );
});
