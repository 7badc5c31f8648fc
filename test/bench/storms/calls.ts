/** A call as publishers send it, in Segment's words. */
export type Call = Readonly<Record<string, unknown>>;

/** What happens before a storm, and the storm. */
export interface Storm {
  readonly what: string;
  readonly before: Iterable<Call>;
  readonly storm: Iterable<Call>;
  /** Calls are spread evenly over so long, ms; 0: as fast as they are taken. */
  readonly over: number;
  /** Activities that it moves from one lead to another, one that moves twice counted twice. */
  readonly moves: number;
}

export interface Sizes {
  readonly visitors: number;
  readonly over: number;
  readonly events: number;
  readonly joins: number;
  readonly backwards: number;
}

const SECOND = 1000;
/** Of a lead's activities so many are held. */
const KEPT = 10_000;

/** Calls date from the last hours, so that all is live. */
export function storms({ visitors, over, events, joins, backwards }: Sizes, now: number): readonly Storm[] {
  return [
    {
      what: `${count(visitors)} visitors with one page view each become known`,
      before: calls(visitors, (n) => view({ anonymousId: `visitor-${n}` }, now - 3600 * SECOND)),
      storm: calls(visitors, (n) => known({ anonymousId: `visitor-${n}`, userId: `user-${n}` }, `user-${n}`, now)),
      over: over * SECOND,
      moves: visitors,
    },
    {
      what: `one visitor with ${count(events)} events becomes known`,
      before: calls(events, (n) => view({ anonymousId: 'busy' }, now - 3600 * SECOND + n)),
      storm: calls(1, () => known({ anonymousId: 'busy', userId: 'busy' }, 'busy', now)),
      over: 0,
      moves: Math.min(events, KEPT),
    },
    {
      what: `a chain of ${count(joins)} joins, from its oldest lead on`,
      ...chain(joins, now, (n) => n),
      moves: joins,
    },
    {
      what: `a chain of ${count(backwards)} joins, from its newest lead on`,
      ...chain(backwards, now, (n) => backwards - 1 - n),
      moves: (backwards * (3 * backwards - 1)) / 2,
    },
  ];
}

/**
 * Leads of one page view each, which a mail address joins each with the next, in some order. From the oldest on,
 * each join moves one page view; from the newest on, all page views so far and two identifications for each join before it.
 */
function chain(joins: number, now: number, nth: (n: number) => number): Omit<Storm, 'what' | 'moves'> {
  const first = now - 7200 * SECOND;
  return {
    before: calls(joins + 1, (n) => view({ userId: `link-${n}` }, first + n * SECOND)),
    storm: calls(2 * joins, (call) => {
      const n = nth(Math.floor(call / 2));
      return known({ userId: `link-${n + (call % 2)}` }, `link-${n}`, now + call);
    }),
    over: 0,
  };
}

function* calls(times: number, call: (n: number) => Call): Iterable<Call> {
  for (let n = 0; n < times; n++) yield call(n);
}

function view(who: Call, at: number): Call {
  return { type: 'page', ...who, properties: { path: '/blog' }, timestamp: new Date(at).toISOString() };
}

function known(who: Call, mailbox: string, at: number): Call {
  return {
    type: 'identify',
    ...who,
    traits: { email: `${mailbox}@example.com` },
    timestamp: new Date(at).toISOString(),
  };
}

function count(value: number): string {
  return value.toLocaleString('en-US');
}
