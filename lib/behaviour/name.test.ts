import fc from 'fast-check';
import { expect, test } from 'vitest';
import { behaviourName } from '#lib/behaviour/name';

test.each([
  ['Calculator Used', 'calculator_used'],
  ['Signup', 'signup'],
  ['calculator_used', 'calculator_used'],
  ['calculator used', 'calculator used'],
  ['calculatorUsed', 'calculatorUsed'],
  [' Calculator Used ', 'calculator_used'],
  ['Email Opened', 'email_opened'],
  ['email link clicked', 'email_clicked'],
  ['Trial started', 'trial_started'],
  ['Unsubscribed ', 'unsubscribed'],
  ['Spam Reported', 'email_marked_as_spam'],
])('%j is stored as %j', (reported, stored) => {
  expect(behaviourName(reported)).toBe(stored);
});

test('a stored name is its own name', () => {
  const words = fc.array(fc.constantFrom('email', 'Opened', 'A', 'of', 'x1', 'LINK', 'clicked', ' '), { maxLength: 5 });
  const texts = fc.oneof(
    fc.string(),
    words.map((parts) => parts.join(' ')),
    words.map((parts) => parts.join('_')),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect(behaviourName(behaviourName(text))).toBe(behaviourName(text));
    }),
    { numRuns: 2_000 },
  );
});
