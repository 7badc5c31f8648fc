import type { Activity, Consent, Facts, Personal, Scored, Seen, Touch } from '#schemas/generated/records';

/** Nothing is known of the person. */
export const NOBODY: Personal = {
  email: null,
  user_id: null,
  anonymous_id: null,
  traits: '{}',
  ip: null,
  user_agent: null,
};

/** What is true of a lead of whom nothing was ever said. */
export const NO_FACTS: Facts = {
  personal: NOBODY,
  address_closed: null,
  consents: [],
  first_touch: null,
  last_touch: null,
  staff: false,
};

/** Whether the same is true. */
export function areSameFacts(a: Facts, b: Facts): boolean {
  return (
    arePersonsSame(a.personal, b.personal) &&
    a.address_closed === b.address_closed &&
    a.staff === b.staff &&
    areTouchesSame(a.first_touch, b.first_touch) &&
    areTouchesSame(a.last_touch, b.last_touch) &&
    areConsentsSame(a.consents, b.consents)
  );
}

export function arePersonsSame(a: Personal, b: Personal): boolean {
  return (
    a === b ||
    (a.email === b.email &&
      a.user_id === b.user_id &&
      a.anonymous_id === b.anonymous_id &&
      a.traits === b.traits &&
      a.ip === b.ip &&
      a.user_agent === b.user_agent)
  );
}

function areTouchesSame(a: Touch | null, b: Touch | null): boolean {
  if (a === null || b === null) return a === b;
  return a.source === b.source && a.medium === b.medium && a.campaign === b.campaign;
}

function areConsentsSame(a: readonly Consent[], b: readonly Consent[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ channel, topic, open }, place) => {
      const other = b[place];
      return other?.channel === channel && other.topic === topic && other.open === open;
    })
  );
}

/** What a lead without activities has done. */
export const NOTHING_SEEN: Seen = { activities: 0, first_at: null, last_at: null, own_at: null, own_historic: false };

/** What no list has said of an activity yet. */
export const UNSTAMPED: Pick<Activity, 'historic' | 'agent' | 'network' | 'mail_domain' | 'lists'> = {
  historic: false,
  agent: '',
  network: '',
  mail_domain: '',
  lists: '',
};

/** What a record of lead.scores says where nothing is known and nothing counts. */
export const NOTHING_KNOWN: Pick<
  Scored,
  'addresses' | 'facts' | 'seen' | 'fading' | 'valid_until' | 'join_opened' | 'join_closed'
> = {
  addresses: null,
  join_opened: null,
  join_closed: null,
  facts: null,
  seen: NOTHING_SEEN,
  fading: [],
  valid_until: null,
};
