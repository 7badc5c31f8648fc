import type { Activity, Facts, Personal, Scored, Seen } from '#schemas/generated/records';

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
export const NOTHING_KNOWN: Pick<Scored, 'addresses' | 'facts' | 'seen' | 'fading' | 'valid_until'> = {
  addresses: null,
  facts: null,
  seen: NOTHING_SEEN,
  fading: [],
  valid_until: null,
};
