import fc from 'fast-check';
import type { EventMessage } from '#schemas/topics';
import { event, T0 } from '#test/given/event';
import { hastyModels } from '#test/given/hasty-model';
import { submitted } from '#test/given/identify';
import { inOwnTime } from '#test/given/own-time';

const MINUTE = 60_000;

const deed = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ name: 'page_viewed', properties: { plan: 'a' } }) },
  fc.constantFrom(
    { name: 'trial_started', properties: { plan: 'a' } },
    { name: 'handoff_returned' },
    { name: 'unsubscribed' },
    { name: 'something_else' },
    { name: 'email_sent', properties: { email_id: 'm1' } },
    { name: 'email_sent', properties: { email_id: 'm2' } },
    { name: 'email_opened', properties: { email_id: 'm1' } },
  ),
);

const device = fc.constantFrom('d1', 'd2');
/** Ann and Bob share their devices. */
const who = fc.oneof(
  { weight: 2, arbitrary: fc.record({ device }) },
  { weight: 2, arbitrary: fc.record({ device, user: fc.constantFrom('ann', 'bob') }) },
  { weight: 3, arbitrary: fc.record({ user: fc.constantFrom('ann', 'bob', 'cleo', 'dan') }) },
);

const step = fc.record(
  {
    deed,
    who,
    wait: fc.oneof(fc.constantFrom(0, 5 * MINUTE, 10 * MINUTE), fc.nat(7 * MINUTE), fc.nat(70 * MINUTE)),
    ago: fc.oneof(fc.constant(0), fc.nat(300 * MINUTE)),
    publisher: fc.constantFrom('web', 'crm'),
    back: fc.nat(3),
    model: fc.oneof({ weight: 12, arbitrary: fc.constant(null) }, fc.nat(1)),
  },
  { noNullPrototype: true },
);

/** Something that somebody does. */
export interface HastyStep {
  readonly deed: { readonly name: string; readonly properties?: Readonly<Record<string, string>> };
  readonly who: { readonly device?: string; readonly user?: string };
  /** Since the step before, ms. */
  readonly wait: number;
  /** Told so much later than it happened, ms. */
  readonly ago: number;
  readonly publisher: string;
  /** Publishers number their events alike, and now and then give a number again. */
  readonly back: number;
  /** The model that is applied before. */
  readonly model: number | null;
}

export const hastySteps: fc.Arbitrary<readonly HastyStep[]> = fc.array(step, { minLength: 20, maxLength: 60 });

/**
 * A model, then events of a few people, who take over each other's devices, and now and then another model. All of it
 * brings its own time and is live; at the end time goes on by an hour.
 */
export function hastyHistory(steps: readonly HastyStep[]): readonly EventMessage[] {
  const models = hastyModels();
  let now = T0;
  const messages: EventMessage[] = [submitted(models[0], now)];
  for (const [i, { deed, who, wait, ago, publisher, back, model }] of steps.entries()) {
    now += wait;
    if (model !== null) messages.push(submitted(models[model === 0 ? 0 : 1], now));
    const told = { event_id: `e${i - back}`, publisher, occurred_at: now - ago, received_at: now, own_time: true };
    messages.push(event({ ...deed, ...who, ...told }));
  }
  const end = { import_id: '', received_at: now + 60 * MINUTE, own_time: true };
  return inOwnTime([...messages, { type: 'ImportFinished', value: end }]);
}
