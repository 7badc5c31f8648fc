import fc from 'fast-check';
import type { EventMessage } from '#schemas/topics';
import { readable } from '#test/given/batch/readable';
import { DAY, HOUR, T0 } from '#test/given/event';
import { type LeadEventMessage, spoken } from '#test/given/spoken';

const BOT = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';
const PERSON = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

export const USERS = ['u1', 'u2'] as const;
export const EMAILS = ['a@x.org', 'b@x.org', 'c@x.org', ' B@X.ORG '] as const;
const DEVICES = ['d1', 'd2'] as const;

const user = fc.constantFrom(...USERS);
const email = fc.constantFrom(...EMAILS);
const device = fc.constantFrom(...DEVICES);

interface Who {
  readonly user?: string;
  readonly email?: string;
  readonly device?: string;
}

/** Who is named by what of themselves, never by a device alone. */
export const NAMED: fc.Arbitrary<Who> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ user }) },
  { weight: 2, arbitrary: fc.record({ email }) },
  { weight: 3, arbitrary: fc.record({ user, email }) },
);

/** Also by what they use, which changes hands. */
export const ANYBODY: fc.Arbitrary<Who> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ device }) },
  { weight: 7, arbitrary: NAMED },
  { weight: 3, arbitrary: fc.record({ user, device }) },
  { weight: 1, arbitrary: fc.record({ email, device }) },
  { weight: 1, arbitrary: fc.record({ user, email, device }) },
);

const topic = fc.constantFrom({}, {}, { list: 'news' }, { list: 'offers' }, { topic: 'news' }, { channel: 'sms' });

const traits = fc.record(
  {
    title: fc.constantFrom('Director', 'Student', null),
    company: fc.constantFrom('Acme', 'Initech', null),
    company_size: fc.constantFrom(8, 200, null),
    address: fc.constantFrom({ city: 'Ulm' }, ['Ulm'], null),
    essay: fc.constantFrom('x'.repeat(1_990), 'x'.repeat(2_010)),
  },
  { requiredKeys: [] },
);

interface Deed {
  readonly name: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly traits?: Readonly<Record<string, unknown>>;
  readonly source?: string;
  readonly campaign?: string;
}

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name: fc.constantFrom('identified', 'form_submitted'), traits }) },
  { weight: 3, arbitrary: fc.record({ name: fc.constantFrom('subscribed', 'unsubscribed'), properties: topic }) },
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constantFrom('email_bounced'),
      properties: fc.constantFrom({}, { kind: 'hard' }, { kind: 'soft' }, { type: 'Transient' }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ name: fc.constantFrom('email_marked_as_spam', 'email_opened', 'email_sent') }) },
  {
    weight: 2,
    arbitrary: fc.record(
      { name: fc.constant('page_viewed'), source: fc.constantFrom('google', 'bing'), campaign: fc.constant('spring') },
      { requiredKeys: ['name'] },
    ),
  },
  { weight: 1, arbitrary: fc.record({ name: fc.constant('unmerged') }) },
  {
    weight: 1,
    arbitrary: fc.record({
      name: fc.constant('aliased'),
      properties: fc.constantFrom(...USERS, ...DEVICES).map((previous_id) => ({ previous_id })),
    }),
  },
);

/** `days` of which some are taken by many events, so that much is said at the same moment. */
function timesWithin(days: number): fc.Arbitrary<number> {
  return fc.oneof(
    fc.nat(4).map((day) => T0 + day * Math.floor(days / 4) * DAY),
    fc.nat(24 * days).map((hour) => T0 + hour * HOUR),
  );
}

/**
 * What two people of three addresses and two devices say of themselves within so many days, and what others report of them: a
 * set of events. Two publishers number theirs alike.
 */
export function factHistories(
  maxLength: number,
  days: number,
  who: fc.Arbitrary<Who> = ANYBODY,
): fc.Arbitrary<readonly EventMessage[]> {
  const one = fc.record({ deed, who, at: timesWithin(days), isBot: fc.nat(5).map((n) => n === 0) });
  return fc.array(one, { minLength: 1, maxLength, size: 'max' }).map((steps) =>
    readable(
      steps.map(
        ({ deed, who, at, isBot }, i): LeadEventMessage =>
          spoken({
            ...deed,
            ...who,
            publisher: i % 2 === 0 ? 'web' : 'sales',
            event_id: `e${Math.floor(i / 2)}`,
            occurred_at: at,
            user_agent: isBot ? BOT : PERSON,
          }),
      ),
    ),
  );
}
