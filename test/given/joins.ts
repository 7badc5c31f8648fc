import fc from 'fast-check';
import type { Activity } from '#schemas/generated/records';
import type { ActivityMessage } from '#schemas/topics';
import { activity, NOBODY, NOON } from '#test/given/activity';
import { DAY } from '#test/given/event';

/** Leads are joined, split and renamed at will, as identify would tell it. */

export const LEADS: readonly string[] = ['ann', 'bob', 'cleo', 'dan'];

const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const lead = fc.nat(LEADS.length - 1);

export const steps = fc.array(
  fc.oneof(
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('does' as const),
        lead,
        name: fc.constantFrom('page_viewed', 'trial_started', 'appointment_scheduled', 'deal_won', 'email_opened'),
        ago: fc.nat(300),
        source: fc.constantFrom(null, 'google', 'bing'),
        bot: fc.nat(3).map((n) => n === 0),
      }),
    },
    // All of a lead's activities, or every second or third, go to another.
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('moves' as const),
        lead,
        to: lead,
        every: fc.integer({ min: 1, max: 3 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('waits' as const), days: fc.nat(100) }) },
  ),
  { minLength: 1, maxLength: 40 },
);

export type JoinStep = typeof steps extends fc.Arbitrary<readonly (infer One)[]> ? One : never;

export interface Owned {
  readonly activity: Activity;
  readonly owner: string;
  readonly bot: boolean;
}

/** What is done with a message of lead.activity; null: it concerns all leads. */
type Publish = (message: ActivityMessage, lead: string | null) => void;

/** Publishes what happens, step by step; returns each activity with its owner in the end. */
export function play(happening: readonly JoinStep[], publish: Publish): readonly Owned[] {
  let seq = 1;
  let at = NOON;
  let owned: readonly Owned[] = [];
  const cause = { cause_event_id: 'cause', input_offset: 0 };

  function comes({ activity: one, owner }: Owned, over: Partial<Activity>): void {
    seq += 1;
    publish({ type: 'Activity', value: { ...one, ...over, seq, logged_at: at, lead_id: owner, known: true } }, owner);
  }

  function moves({ activity: one, owner }: Owned, to: string): void {
    seq += 1;
    const { event_id, publisher, name, occurred_at } = one;
    const value = {
      seq,
      logged_at: at,
      lead_id: owner,
      to_lead_id: to,
      event_id,
      publisher,
      name,
      occurred_at,
      ...cause,
    };
    publish({ type: 'MovedOut', value }, owner);
  }

  for (const [i, step] of happening.entries()) {
    if (step.kind === 'waits') {
      at += step.days * DAY;
      seq += 1;
      publish(
        { type: 'Tick', value: { seq, logged_at: at, own_time: false, identity_key: null, import_id: null } },
        null,
      );
    } else if (step.kind === 'does') {
      const occurred_at = at - step.ago * DAY;
      const personal = { ...NOBODY, user_agent: step.bot ? BOT : null };
      const { name, source, bot } = step;
      const done = activity({
        event_id: `e${i}`,
        name,
        source,
        occurred_at,
        received_at: at,
        personal,
        path: '/pricing',
      });
      const one = { activity: done, owner: LEADS[step.lead] ?? '', bot };
      comes(one, { cause: step.ago > 0 ? 'historic' : 'live' });
      owned = [...owned, one];
    } else {
      const [from = '', to = ''] = [LEADS[step.lead], LEADS[step.to]];
      const going =
        from === to ? [] : owned.filter(({ owner }) => owner === from).filter((_, n) => n % step.every === 0);
      owned = owned.map((one) => {
        if (!going.includes(one)) return one;
        moves(one, to);
        const moved = { ...one, owner: to };
        comes(moved, { cause: 'move' });
        return moved;
      });
      if (going.length > 0 && !owned.some(({ owner }) => owner === from)) {
        seq += 1;
        publish({ type: 'Merged', value: { seq, logged_at: at, lead_id: from, into_lead_id: to, ...cause } }, from);
      }
    }
  }
  return owned;
}
