import { expect, test } from 'vitest';
import { timeKey } from '#lib/flow/table';
import type { Activity } from '#schemas/generated/records';
import { DAY, givenScore } from '#services/score/given';
import { type Kept, keep } from '#services/score/kept';
import { factsOf, heard, type LeadFacts, NOTHING_SAID, unheard } from '#services/score/lead-facts';
import { activity, NOBODY, NOON } from '#test/given/activity';
import { CountedTable } from '#test/given/counted-table';

const ADA = 'email.ada@x.example';
const named = (email: string, day: number, over: Partial<Activity> = {}) => ({
  name: 'identified',
  identifiers: [`email.${email}`],
  personal: { ...NOBODY, email },
  occurred_at: NOON + day * DAY,
  ...over,
});
const told = (ada: ReturnType<typeof givenScore>) =>
  ada.scored().flatMap(({ facts }) => (facts === null ? [] : [facts]));

test('a userId that is an address of its own is not the one that was given, also once words are read again', () => {
  const ada = givenScore({ rules: [{ id: 'visited' }] });
  ada.owns(ADA, 'email.old@x.example');
  const both = ['email.old@x.example', ADA];
  ada.does(named('old@x.example', 0), named('ada@x.example', 1, { identifiers: both }), named('ada@x.example', 2));
  ada.movesOut({ event_id: 'e3', occurred_at: NOON + 2 * DAY });
  ada.owns(ADA);
  expect(told(ada).at(-1)?.personal.email).toBe('ada@x.example');
});

test('whether an address is the company’s goes by the newest activity that bears it, whoever names or reports it', () => {
  const ada = givenScore({ rules: [{ id: 'visited' }] });
  ada.owns(ADA);
  ada.does(
    named('ada@x.example', 0),
    named('ada@x.example', 1, { name: 'email_sent', network: 'staff' }),
    named('ada@x.example', 2),
  );
  expect(told(ada).map(({ staff }) => staff)).toEqual([false, true, false]);
  expect(ada.facts().facts.staff).toBe(false);
});

test('who ceases to be staff has the score of all that was done', () => {
  const ada = givenScore({ rules: [{ id: 'page_viewed' }] });
  const boss = 'email.boss@us.example';
  ada.does({}, named('boss@us.example', 0, { network: 'staff' }));
  ada.owns(boss);
  ada.does({ occurred_at: NOON + 1 });
  ada.owns();
  expect(ada.scored().map(({ score }) => Math.round(score.after))).toEqual([10, 10, 0, 0, 20]);
  expect(ada.scored().map(({ excluded }) => excluded)).toEqual([null, null, null, 'internal', null]);
});

test('an address that becomes the lead’s own is told with all that was said of it, however many others there were', () => {
  const ada = givenScore({ rules: [{ id: 'visited' }] });
  ada.owns('email.0@x.example');
  ada.does(named('ada@x.example', 0), named('ada@x.example', 1, { name: 'email_bounced' }));
  for (let n = 0; n < 150; n++) ada.does(named(`${n}@x.example`, 2 + n));
  ada.owns(ADA);
  expect(told(ada).at(-1)).toMatchObject({ personal: { email: 'ada@x.example' }, address_closed: 'bounced' });
});

test('of many traits those before the newest hundred are told again when newer ones move away', () => {
  const ada = givenScore({ rules: [{ id: 'visited' }] });
  const says = (n: number) => ({
    occurred_at: NOON + n * DAY,
    personal: { ...NOBODY, traits: JSON.stringify({ [`t${n}`]: n }) },
  });
  for (let n = 0; n < 130; n++) ada.does(says(n));
  for (let n = 125; n < 130; n++) ada.movesOut({ event_id: `e${n + 1}`, occurred_at: NOON + n * DAY });
  const traits = Object.keys(JSON.parse(ada.facts().facts.personal.traits));
  expect(traits.toSorted()).toEqual(Array.from({ length: 100 }, (_, n) => `t${n + 25}`).toSorted());
});

test('what was seen is the same in whatever order it came, also beyond what is kept', () => {
  const one = (day: number) => ({ event_id: `d${day}`, occurred_at: NOON + day * DAY, logged_at: NOON + 9 * DAY });
  const seen = (...days: readonly number[]) => {
    const ada = givenScore({ rules: [{ id: 'visited' }] }, 2);
    ada.does(...days.map(one));
    return ada.facts().seen;
  };
  expect(seen(3, 2, 1, 0)).toEqual(seen(0, 1, 2, 3));
});

test('what is of the lead’s own accord goes by the model in force, also at records without an activity', () => {
  const waits = { id: 'waits', on: 'asked', absence: { answeredBy: new Set(['got']), same: () => '', within: DAY } };
  const ada = givenScore({ rules: [waits], isOwn: () => true });
  ada.does({ name: 'asked' }, { name: 'synced', occurred_at: NOON + 1 });
  ada.apply({ rules: [waits], isOwn: (name) => name !== 'synced' });
  ada.owns(ADA);
  ada.apply({ rules: [waits], isOwn: () => true });
  ada.tick(NOON + DAY + 1);
  expect(ada.scored().map(({ cause, seen }) => [cause, seen.own_at])).toEqual([
    ['activity', NOON],
    ['activity', NOON + 1],
    ['addresses', NOON],
    ['wake', NOON + 1],
  ]);
});

test('an activity that leaves is looked behind no further than to who said the same before it', () => {
  const items = new CountedTable();
  const { table } = items;
  const keyOf = (day: number) => timeKey(NOON + day * DAY);
  const now = NOON + 1_000 * DAY;
  let facts: LeadFacts = { ...NOTHING_SAID, addresses: [ADA] };
  for (let day = 0; day < 500; day++) {
    const one = activity({ ...named('ada@x.example', day), source: 'mail' });
    facts = heard(facts, one, keyOf(day), false, undefined, items, now);
    table.put(keyOf(day), keep(one, undefined));
  }
  items.read = 0;
  for (let day = 499; day > 100; day--) {
    const kept = table.get(keyOf(day)) as Kept;
    facts = unheard({ facts }, { kept: day }, keyOf(day), kept, undefined, items, now);
    table.put(keyOf(day), undefined);
  }
  expect(factsOf(facts, now)).toMatchObject({ personal: { email: 'ada@x.example' } });
  expect(items.read).toBeLessThan(4 * 400);
});
