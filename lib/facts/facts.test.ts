import { expect, test } from 'vitest';
import { areSameFacts, NO_FACTS } from '#lib/facts/facts';
import type { Facts } from '#schemas/generated/records';

const FACTS: Facts = {
  personal: {
    email: 'ada@x.org',
    user_id: 'u1',
    anonymous_id: 'd1',
    traits: '{"plan":"pro"}',
    ip: null,
    user_agent: null,
  },
  address_closed: null,
  consents: [{ channel: 'mail', topic: 'news', open: true }],
  first_touch: { source: 'google', medium: 'cpc', campaign: '' },
  last_touch: { source: 'news', medium: 'mail', campaign: 'spring' },
  staff: false,
};

test('a copy says the same', () => {
  expect(areSameFacts(FACTS, structuredClone(FACTS))).toBe(true);
  expect(areSameFacts(NO_FACTS, structuredClone(NO_FACTS))).toBe(true);
});

test('facts that differ in one value, wherever it stands, are not the same', () => {
  const others = variants(FACTS);
  expect(others.length).toBeGreaterThan(15);
  for (const other of others) {
    expect(areSameFacts(FACTS, other as Facts), JSON.stringify(other)).toBe(false);
    expect(areSameFacts(other as Facts, FACTS), JSON.stringify(other)).toBe(false);
  }
});

/** The value with each of its parts, at any depth, once in another way; lists also one shorter. */
function variants(value: unknown): readonly unknown[] {
  if (typeof value === 'boolean') return [!value];
  if (typeof value !== 'object' || value === null) return ['another'];
  if (Array.isArray(value)) {
    return [[], ...value.flatMap((one, place) => variants(one).map((other) => value.with(place, other)))];
  }
  return Object.entries(value).flatMap(([name, part]) => variants(part).map((other) => ({ ...value, [name]: other })));
}
