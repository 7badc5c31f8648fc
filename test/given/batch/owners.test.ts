import { expect, test } from 'vitest';
import { keyOf } from '#test/given/batch/named';
import { batchOwners } from '#test/given/batch/owners';
import { event, type Told } from '#test/given/event';

/** The names of the owners of some events, in order: events of one owner have the same letter. */
function letters(...told: readonly Told[]): string {
  const events = told.flatMap((one, i) => {
    const message = event({ event_id: `e${i}`, occurred_at: 1_700_000_000_000 + i, ...one });
    return message.type === 'LeadEvent' ? [message.value] : [];
  });
  const owners = batchOwners(events);
  const seen: (string | undefined)[] = [];
  return events
    .map((one) => {
      const owner = owners.get(keyOf(one));
      if (owner === undefined) return '-';
      if (!seen.includes(owner)) seen.push(owner);
      return 'abcdefghijklmnopqrstuvwxyz'[seen.indexOf(owner)];
    })
    .join('');
}

const unmerged = { name: 'unmerged' };

test.each<[string, string, readonly Told[]]>([
  ['a name alone makes a lead', 'ab', [{ user: 'u' }, { user: 'v' }]],
  ['named together they are one', 'aaa', [{ user: 'u' }, { email: 'm@x.org' }, { user: 'u', email: ' M@X.org ' }]],
  [
    'also through others',
    'aaaa',
    [
      { user: 'u', email: 'm@x.org' },
      { user: 'v', email: 'm@x.org' },
      { user: 'v', email: 'n@x.org' },
      { email: 'n@x.org' },
    ],
  ],
  [
    'an alias joins the id before',
    'aaa',
    [{ user: 'old' }, { user: 'u' }, { user: 'u', name: 'aliased', properties: { previous_id: 'old' } }],
  ],
  [
    'an unmerge undoes what was before it',
    'aaba',
    [
      { user: 'u' },
      { user: 'u', email: 'm@x.org' },
      { email: 'm@x.org' },
      { user: 'u', email: 'm@x.org', ...unmerged },
    ],
  ],
  [
    'and not what comes after it',
    'aaaa',
    [
      { user: 'u', email: 'm@x.org', ...unmerged },
      { user: 'u' },
      { user: 'u', email: 'm@x.org' },
      { email: 'm@x.org' },
    ],
  ],
  ['junk names nobody', '--a', [{ user: ' NULL ' }, { device: '', email: 'unknown' }, { user: 'null', device: 'd' }]],
  [
    'a device is of whom was named with it last, before that of whom was named first',
    'aabaa',
    [
      { device: 'd', occurred_at: 1_600_000_000_000 },
      { user: 'u', device: 'd' },
      { user: 'v', device: 'd' },
      { user: 'u', device: 'd' },
      { device: 'd' },
    ],
  ],
  [
    'an alias of a device claims it',
    'aab',
    [{ device: 'd' }, { user: 'u', name: 'aliased', properties: { previous_id: 'd' } }, { user: 'v', device: 'e' }],
  ],
  [
    'an unmerge takes the device back',
    'abb',
    [{ device: 'd' }, { user: 'u', device: 'd' }, { user: 'u', device: 'd', ...unmerged }],
  ],
])('%s', (_, expected, told) => {
  expect(letters(...told)).toBe(expected);
});

test('an address of up to 20 people joins them, one of more joins nobody', () => {
  const people = (count: number) => Array.from({ length: count }, (_, n) => ({ user: `u${n}`, email: 'm@x.org' }));
  expect(letters(...people(20))).toBe('a'.repeat(20));
  expect(letters(...people(21))).toBe('abcdefghijklmnopqrstu');
  expect(letters(...people(21), { user: 'u3', email: 'm@x.org', ...unmerged })).toBe(`aaab${'a'.repeat(17)}b`);
});
