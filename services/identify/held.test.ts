import { expect, test } from 'vitest';
import { activityOf, type Told } from '#services/identify/activity';
import { heldOf, heldRow } from '#services/identify/held';

test('a held activity comes back from its row as the event told it, with its owner', () => {
  const told: Told = {
    event_id: 'e',
    publisher: 'p',
    name: 'page_viewed',
    occurred_at: 1,
    received_at: 2,
    clamped: true,
    content_hash: 'c',
    url: 'u',
    path: '/',
    referrer: 'r',
    title: 't',
    source: 's',
    medium: 'm',
    campaign: 'k',
    properties: '{"a":1}',
    context: '{"b":2}',
    personal: { email: 'a@b.c', user_id: 'u', anonymous_id: 'd', traits: '{"c":3}', ip: '::1', user_agent: 'x' },
  };
  const found = {
    lead_id: 'visitor',
    known: false,
    cause: 'live',
    identifiers: ['anonymous.1'],
  } as const;
  const stamped = { historic: true, agent: 'person', network: 'internal', mail_domain: 'b.c', lists: 'l1' };
  const activity = activityOf(told, stamped, found, { seq: 1, logged_at: 3, input_offset: 4 });
  expect(heldOf('anonymous.1', heldRow(activity))).toEqual({
    owner: 'visitor',
    identifiers: ['anonymous.1'],
    told,
    stamped,
  });
});
