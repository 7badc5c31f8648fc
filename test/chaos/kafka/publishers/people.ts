import type { Random } from '#app/generator/random';

/** A call as Segment's SDKs send it. */
export type Call = Readonly<Record<string, unknown>> & { readonly messageId: string };

/** Draws what people do; new people turn up as time goes by. */
export interface People {
  next(messageId: string): Call;
}

const PRESENT = 60;
/** One new person after so many events. */
const EVENTS_PER_PERSON = 12;
const DAY = 86_400_000;
/** Of all events. */
const PARTING = 0.02;

const TRACKED = [
  'Subscribed',
  'Trial Started',
  'Appointment Scheduled',
  'Booking Canceled',
  'Unsubscribed',
  'Something Else',
] as const;
const MAILS = ['Email Opened', 'Email Clicked', 'Email Replied'] as const;
const PATHS = ['/', '/pricing', '/pricing/teams', '/blog'] as const;

/** `name` keeps the people of several publishers apart, or together if it is the same. */
export function createPeople(random: Random, name: string): People {
  let events = 0;

  function who(person: number): Record<string, unknown> {
    const anonymousId = `device-${name}-${random.chance(0.1) ? person + 1 : person}`;
    const userId = `user-${name}-${person}`;
    const email = `${userId}@example.com`;
    switch (random.pick(['device', 'device', 'device', 'both', 'both', 'user', 'address', 'mail', 'mail'])) {
      case 'device':
        return { anonymousId };
      case 'address':
        return { context: { traits: { email } } };
      case 'both':
        return { anonymousId, userId };
      case 'user':
        return { userId };
      default:
        return { userId, anonymousId, context: { traits: { email } } };
    }
  }

  /** A person's userId and address turn out to be two people's, until an event names both again. */
  function parting(person: number): Record<string, unknown> {
    const userId = `user-${name}-${person}`;
    return { type: 'track', event: 'Unmerged', userId, context: { traits: { email: `${userId}@example.com` } } };
  }

  function what(person: number): Record<string, unknown> {
    const drawn = random.next();
    if (drawn < 0.3) {
      return { type: 'page', properties: { url: `https://example.com${random.pick(PATHS)}` } };
    }
    if (drawn < 0.45) {
      const email_id = `mail-${name}-${person}-${random.whole(0, 5)}`;
      return { type: 'track', event: random.pick(MAILS), properties: { email_id } };
    }
    if (drawn < 0.55) return { type: 'identify' };
    return { type: 'track', event: random.pick(TRACKED) };
  }

  return {
    next(messageId) {
      const person = Math.floor(events++ / EVENTS_PER_PERSON) + random.whole(0, PRESENT);
      const late = random.chance(0.25)
        ? { timestamp: new Date(Date.now() - random.next() * 3 * DAY).toISOString() }
        : {};
      if (random.chance(PARTING)) return { ...parting(person), ...late, messageId };
      return { ...what(person), ...who(person), ...late, messageId };
    },
  };
}
