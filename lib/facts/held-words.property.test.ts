import fc from 'fast-check';
import { expect, test } from 'vitest';
import { factsAt } from '#lib/facts/facts-at';
import { type HeldWord, type HeldWords, hear, NO_WORDS } from '#lib/facts/held-words';
import type { WordValue } from '#lib/facts/words';
import { timeKey } from '#lib/flow/table';

const NOW = 10;
const ADDRESSES = ['email.ada', 'email.ann'];

const address = fc.record({ of: fc.constantFrom(...ADDRESSES), staff: fc.boolean() });
const naming = fc
  .tuple(fc.constantFrom('named', 'reported', 'first'), address)
  .map(([kind, { of, staff }]): [string, WordValue] => [`${kind}:${of}`, [`${of}@x.org`, staff]]);
const trait = fc
  .tuple(fc.constantFrom('plan', 'title'), fc.constantFrom<WordValue>('a', 1, null, { b: 1 }, ['a', 2]))
  .map(([name, value]): [string, WordValue] => [`trait:${name}`, value]);
const who = fc.tuple(fc.constantFrom('user', 'device'), fc.constantFrom<WordValue>('x', 'y'));
const touch = fc
  .tuple(fc.constantFrom('first_touch', 'last_touch'), fc.constantFrom('google', 'news'))
  .map(([fact, source]): [string, WordValue] => [fact, [source, '', '']]);
const state = fc
  .tuple(
    fc.constantFrom('out:mail:', 'in:mail:', 'out:mail:news', 'confirmed:', 'bounced:', 'complained:email.ada'),
    fc.constant<WordValue>(true),
  )
  .map(([fact, value]): [string, WordValue] => [fact, value]);

/** Some of them ahead of their time. */
const word = fc
  .tuple(fc.oneof(naming, trait, who, touch, state), fc.integer({ min: 1, max: 12 }), fc.nat({ max: 3 }))
  .map(([[fact, value], time, event]): HeldWord => [fact, value, `${timeKey(time)}.${event}`]);

test('words that repeat what was known leave every fact as it was', () => {
  let repeated = 0;
  fc.assert(
    fc.property(
      fc.array(word, { maxLength: 20 }),
      fc.array(word, { minLength: 1, maxLength: 3 }),
      fc.subarray(ADDRESSES),
      (earlier, later, own) => {
        const before = earlier.reduce<HeldWords>((held, one) => hear(held, [one], NOW, own).words, NO_WORDS);
        const { words, repeats } = hear(before, later, NOW, own);
        if (!repeats) return;
        repeated++;
        for (const at of [NOW, Number.POSITIVE_INFINITY]) {
          expect(factsAt(words, own, at)).toEqual(factsAt(before, own, at));
        }
      },
    ),
    { numRuns: 2000 },
  );
  expect(repeated).toBeGreaterThan(20);
});
