import { expect, test } from 'vitest';
import { sha256 } from '#lib/hash/sha256';
import { BEHAVIOURS } from '#schemas/generated/behaviours';
import { anySource, listedSources, withSource } from '#services/collect/source';

function may(list: readonly string[], mayNot: readonly string[] = []) {
  const source = listedSources([{ name: 'one', keys: ['k'], may: list, mayNot }]).named('one');
  return (name: string) => source?.may(name);
}

const NAMES = [...BEHAVIOURS, 'lead_disqualified', 'Calculator used'];
const deniedTo = (kind: string) => NAMES.filter((name) => may([kind])(name) === false);

test.each(['website', 'app'])('a %s says what a person does there, and decides nothing for others', (kind) => {
  expect(deniedTo(kind)).toEqual([
    'cost_recorded',
    'deal_lost',
    'deal_won',
    'email_bounced',
    'email_delivered',
    'email_marked_as_spam',
    'email_sent',
    'handoff_accepted',
    'handoff_returned',
    'opportunity_created',
    'unmerged',
    'lead_disqualified',
  ]);
});

test('a mail sender says what comes of mails, of whom, and behaviours of its own', () => {
  expect(NAMES.filter((name) => may(['mail'])(name))).toEqual([
    'email_bounced',
    'email_clicked',
    'email_delivered',
    'email_marked_as_spam',
    'email_opened',
    'email_replied',
    'email_sent',
    'grouped',
    'identified',
    'subscribed',
    'unsubscribed',
    'Calculator used',
  ]);
});

test('a CRM says anything but what only a mail server or a page sees', () => {
  expect(deniedTo('crm')).toEqual(['email_bounced', 'email_delivered', 'email_marked_as_spam', 'page_viewed']);
});

test.each(['server', 'all'])('%s is anything', (kind) => {
  expect(deniedTo(kind)).toEqual([]);
});

test('behaviours by name are allowed beside kinds, or alone, and what a source may not goes before', () => {
  expect(['deal_won', 'page_viewed', 'deal_lost'].map(may(['website', 'deal_won']))).toEqual([true, true, false]);
  expect(['subscribed', 'page_viewed', 'other'].map(may(['subscribed']))).toEqual([true, false, false]);
  expect(['deal_won', 'deal_lost', 'other'].map(may(['all', 'deal_won'], ['deal_won', 'other']))).toEqual([
    false,
    true,
    false,
  ]);
  expect(['cost_recorded', 'deal_won'].map(may(['website', 'server']))).toEqual([true, true]);
});

test('a key is its source’s, and no other key is anybody’s', () => {
  const sources = listedSources([
    { name: 'one', keys: ['a', 'b'], may: ['all'], mayNot: [] },
    { name: 'two', keys: [], may: ['all'], mayNot: [] },
  ]);
  expect(['a', 'b', 'c', '', 'one', '__proto__'].map((key) => sources.ofKey(key)?.name)).toEqual([
    'one',
    'one',
    ...Array(4).fill(undefined),
  ]);
  expect(['two', 'three'].map((name) => sources.named(name)?.name)).toEqual(['two', undefined]);
});

test('where none are listed each key is a source, the same at each start, whose name does not tell it', () => {
  const name = (key: string) => anySource(sha256).ofKey(key)?.name;
  expect([name(''), name('key-1')]).toEqual(['default', expect.stringMatching(/^key-[0-9a-f]{12}$/)]);
  expect(name('key-1')).toBe(name('key-1'));
  expect(name('key-2')).not.toBe(name('key-1'));
  expect(name('x'.repeat(10_000))).toHaveLength(16);
  expect(anySource(sha256).ofKey('key-1')?.may('deal_won')).toBe(true);
});

test('one more source is there beside the others', () => {
  const sources = withSource(listedSources([{ name: 'one', keys: ['a'], may: ['website'], mayNot: [] }]), 'demo', 'd');
  expect(['a', 'd', 'x'].map((key) => sources.ofKey(key)?.name)).toEqual(['one', 'demo', undefined]);
  expect(sources.named('demo')?.may('deal_won')).toBe(true);
});
