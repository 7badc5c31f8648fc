import fc from 'fast-check';
import type { ModelFiles } from '#lib/model/model';
import type { EventMessage } from '#schemas/topics';
import { event } from '#test/given/event';
import { hastyModels } from '#test/given/hasty-model';

const MINUTE = 60_000;

/** An identifier that is named with more others than this is shared. */
const PARTNERS = 20;

/** A program whose mails nobody may get twice, within minutes. */
export const LETTER = 'letter';

const LETTERS = `name: Letter
enter:
  on: trial_started
audience: [lead, mql, recycled]
reentry_after: 90d
exit_on: [unsubscribed]
steps:
  - { id: first, after: 2m, channel: mail, template: letter, max_lateness: 24h }
  - { id: second, after: 4m, channel: mail, template: letter, max_lateness: 24h }
  - { id: third, after: 11m, channel: mail, template: letter, max_lateness: 24h }
`;

/** Everything happens within minutes, and there is a program that may be entered once. */
export function modelOfJoins(): ModelFiles {
  return { ...hastyModels()[0], [`programs/${LETTER}.yaml`]: LETTERS };
}

const user = fc.constantFrom('ann', 'bob', 'cleo');
const email = fc.constantFrom('a@x.org', 'b@x.org', 'c@x.org');

const step = fc.record({
  kind: fc.oneof(
    { weight: 12, arbitrary: fc.constant('does' as const) },
    { weight: 6, arbitrary: fc.constant('joins' as const) },
    { weight: 3, arbitrary: fc.constant('parts' as const) },
    { weight: 1, arbitrary: fc.constant('aliases' as const) },
    { weight: 1, arbitrary: fc.constant('unaliases' as const) },
    { weight: 1, arbitrary: fc.constant('shares' as const) },
  ),
  name: fc.constantFrom(
    'page_viewed',
    'page_viewed',
    'trial_started',
    'trial_started',
    'handoff_returned',
    'unsubscribed',
  ),
  user,
  other: user,
  email,
  by: fc.constantFrom('user' as const, 'email' as const, 'email' as const, 'device' as const),
  /** How many times, one after the other. */
  times: fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 5 })),
  /** Before it, ms. */
  wait: fc.oneof(fc.constant(0), fc.nat(4 * MINUTE), fc.nat(15 * MINUTE)),
  /** Whether answers come before it. */
  answered: fc.boolean(),
});

/** What somebody does, or who turns out to be, or not to be, somebody else. */
export type JoinStep = typeof step extends fc.Arbitrary<infer One> ? One : never;

/** Two are one, one of them enters a program, they come apart while its mails fall due, and the other enters it. */
const parting = fc
  .record({
    user,
    email,
    waits: fc.tuple(fc.nat(2 * MINUTE), fc.nat(2 * MINUTE), fc.nat(6 * MINUTE), fc.nat(6 * MINUTE)),
    by: fc.constantFrom('user' as const, 'email' as const),
    again: fc.constantFrom('user' as const, 'email' as const),
    answered: fc.boolean(),
  })
  .map(({ user: u, email: e, waits: [first, second, third, fourth], by, again, answered }): readonly JoinStep[] => {
    const who = { user: u, other: u, email: e, times: 1, name: 'trial_started' as const };
    return [
      { ...who, kind: 'joins', by: 'email', wait: first, answered: true },
      { ...who, kind: 'does', by, wait: 0, answered: true },
      { ...who, kind: 'parts', by: 'email', wait: second, answered: true },
      { ...who, kind: 'does', by: again, wait: third, answered },
      { ...who, kind: 'does', by: 'email', wait: fourth, answered: true },
    ];
  });

export const joinHistories = fc
  .array(
    fc.oneof(
      { weight: 12, arbitrary: step.map((one): readonly JoinStep[] => [one]) },
      { weight: 1, arbitrary: parting },
    ),
    { minLength: 10, maxLength: 40 },
  )
  .map((parts) => parts.flat());

/** The events of a step at a time, ms. `nth`: of the step in its history. */
export function eventsOf(one: JoinStep, nth: number, at: number): readonly EventMessage[] {
  const told = { event_id: `e${nth}`, occurred_at: at, received_at: at };
  const { name, user: u, other, email: e, by, times } = one;
  switch (one.kind) {
    case 'does': {
      const who = by === 'user' ? { user: u } : by === 'email' ? { email: e } : { device: `${u}-phone` };
      const properties = { plan: 'a' };
      return Array.from({ length: times }, (_, i) =>
        event({ ...told, ...who, name, properties, event_id: `e${nth}.${i}` }),
      );
    }
    case 'joins': {
      const device = by === 'device' ? { device: `${u}-phone` } : {};
      return [event({ ...told, ...device, name: 'identified', user: u, email: e })];
    }
    case 'parts':
      return [event({ ...told, name: 'unmerged', user: u, email: e })];
    case 'aliases':
      return [event({ ...told, name: 'aliased', user: u, properties: { previous_id: other } })];
    case 'unaliases':
      return [event({ ...told, name: 'unmerged', user: u, properties: { previous_id: other } })];
    case 'shares':
      return Array.from({ length: PARTNERS - 1 }, (_, i) =>
        event({ ...told, name: 'something_else', user: `crowd-${i}`, email: e, event_id: `e${nth}.${i}` }),
      );
  }
}
