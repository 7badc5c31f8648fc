import { expect, test } from 'vitest';
import { mayBeSent } from '#lib/facts/consent';
import { factsAt } from '#lib/facts/facts-at';
import { type HeldWords, NO_WORDS, withWords } from '#lib/facts/held-words';
import type { WordValue } from '#lib/facts/words';
import { timeKey } from '#lib/flow/table';

const NOW = 1_000_000;
const OWN = ['email.ada'];

/** What is held once all of this was said, each at its minute. */
function said(...all: readonly (readonly [fact: string, minute: number, value?: WordValue])[]): HeldWords {
  return all.reduce<HeldWords>(
    (held, [fact, minute, value = true]) => withWords(held, [[fact, value, timeKey(minute)]], NOW, OWN),
    NO_WORDS,
  );
}
const many = (count: number, fact: (n: number) => string, value: WordValue = true) =>
  Array.from({ length: count }, (_, n) => [fact(n), n, value] as const);
const consents = (held: HeldWords) => factsAt(held, OWN, NOW).consents;

test('of others’ addresses a hundred are held, and all that is said of the lead’s own', () => {
  const held = said(
    ['first:email.ada', 0, ['ada@x.org', false]],
    ['named:email.ada', 0, ['ada@x.org', false]],
    ...many(500, (n) => `named:email.${n}`, ['other@x.org', false]),
  );
  expect(held).toHaveLength(2 + 100);
  expect(factsAt(held, OWN, NOW).personal.email).toBe('ada@x.org');
});

test('of many topics a hundred are held; an opt-out of one that is not closes the channel', () => {
  const held = said(...many(300, (n) => `out:mail:${n}`));
  expect(held.length).toBeLessThanOrEqual(101);
  expect(mayBeSent(consents(held), 'mail', '0')).toBe(false);
  expect(mayBeSent(consents(held), 'mail', '299')).toBe(false);
});

test('an opt-out that was taken back closes nothing when it is held no more', () => {
  const held = said(...many(200, (n) => `out:mail:${n}`).flatMap((out, n) => [out, [`in:mail:${n}`, n + 1] as const]));
  expect(held).toHaveLength(200);
  expect(mayBeSent(consents(held), 'mail', 'another')).toBe(true);
});

test('opt-ins push out neither an opt-out nor the word on the channel as a whole', () => {
  const held = said(['out:mail:', 0], ['out:sms:news', 0], ...many(300, (n) => `in:mail:${n}`));
  expect(mayBeSent(consents(held), 'mail', 'another')).toBe(false);
  expect(mayBeSent(consents(held), 'sms')).toBe(false);
});

test('a trait that lies ahead takes the place of another once its time has come', () => {
  const traits = (held: HeldWords, at: number) => Object.keys(JSON.parse(factsAt(held, OWN, at).personal.traits));
  const held = said(...many(100, (n) => `trait:t${n}`, 1), ['trait:t50', NOW + 1, 2], ['trait:later', NOW + 2, 3]);
  expect(traits(held, NOW)).toHaveLength(100);
  expect(traits(held, NOW)).toContain('t0');
  expect(traits(held, NOW + 2)).toHaveLength(100);
  expect(traits(held, NOW + 2)).not.toContain('t0');
});
