import { parse } from '@marcbachmann/cel-js';
import { expect, test } from 'vitest';
import { compileCondition } from '#lib/model/condition';
import { subject } from '#lib/model/given';
import type { Subject } from '#lib/model/model';
import { propertiesNeeded } from '#lib/model/reads';

function holds(text: string, of: Subject): boolean {
  const condition = compileCondition(text);
  if (!condition.ok) throw new Error(condition.problem);
  return condition.matches(of);
}

const PRICING = 'event.path == "/pricing" || event.path.startsWith("/pricing/")';

test.each([
  ['/pricing', true],
  ['/pricing/', true],
  ['/pricing/enterprise', true],
  ['/pricing-old', false],
  [null, false],
])('the pricing page is /pricing or below it: %s %s', (path, expected) => {
  expect(holds(PRICING, subject({ path }))).toBe(expected);
});

test.each([
  'event.name == "page_viewed"',
  'event.url == "https://example.com/a"',
  'event.referrer == ""',
  'event.title.contains("Price")',
  'event.source == "newsletter" && event.medium == "mail" && event.campaign == "spring"',
  'event.properties.seats > 5',
  'event.properties.seats == 10',
  'event.properties.seats * 2 + 1 >= 21',
  '100 - event.properties.seats > 80.5',
  'event.properties.plan in ["team", "enterprise"]',
  'event.properties.tags.exists(tag, tag == "b2b")',
  'event.properties.vip',
  'has(event.properties.plan) && !has(event.properties.missing)',
  'event.properties["plan"] == "team"',
])('holds: %s', (text) => {
  const texts = {
    url: 'https://example.com/a',
    title: 'Prices',
    source: 'newsletter',
    medium: 'mail',
    campaign: 'spring',
  };
  expect(holds(text, subject(texts, { seats: 10, plan: 'team', tags: ['b2b'], vip: true }))).toBe(true);
});

test.each([
  'event.properties.missing == "x"',
  'event.properties.missing != "x"',
  'event.properties.plan > 3',
  'event.properties.plan',
  'event.properties.toString == "x"',
  'event.properties.seats / 0 == event.properties.plan',
])('what cannot be evaluated is false, not an error: %s', (text) => {
  expect(holds(text, subject({}, { plan: 'team', seats: 10 }))).toBe(false);
});

test('a condition remembers nothing of the event before', () => {
  const condition = compileCondition('event.properties.plan == "team"');
  const team = subject({}, { plan: 'team' });

  expect(condition.ok && [team, subject(), team].map(condition.matches)).toEqual([true, false, true]);
});

test.each([
  ['event.pth == "/pricing"', 'the condition reads `event.pth`, which no event has', 'did you mean `event.path`?', 0],
  ['evnt.path == "/pricing"', 'the condition reads `evnt`, which is unknown', 'did you mean `event`?', 0],
  ['path == "/pricing"', 'the condition reads `path`, which is unknown', 'did you mean `event.path`?', 0],
  ['plan == "team"', 'the condition reads `plan`, which is unknown', 'did you mean `event.properties.plan`?', 0],
  ['event.path.startWith("/p")', 'the condition calls `startWith`, which is unknown', 'did you mean `startsWith`?', 0],
  ['event.path = "/pricing"', 'the condition is not understood: Unexpected character: =', 'compare with `==`', 0],
  ['event.path', 'the condition gives string, not yes or no', 'compare it, like `event.path == "/pricing"`', 0],
  ['true &&\nevent.ulr == ""', 'the condition reads `event.ulr`, which no event has', 'did you mean `event.url`?', 1],
])('says what is wrong with %s', (text, problem, remedy, within) => {
  expect(compileCondition(text)).toEqual({ ok: false, problem, remedy, within });
});

test.each(['event.path == 3', 'event.path ==', '', '((', 'event.path.matches(3)'])('refuses %s', (text) => {
  expect(compileCondition(text).ok).toBe(false);
});

test('names the properties that it reads', () => {
  const condition = compileCondition('event.properties.seats > 3 && has(event.properties.plan) || event.path == "/"');

  expect(condition.ok && condition.reads).toEqual(['seats', 'plan']);
});

test.each([
  ['event.properties.a == 1 && (event.properties.b > 2 || event.properties.c)', ['a']],
  ['event.properties.tags.exists(tag, tag == event.properties.b)', ['tags']],
  ['!has(event.properties.a) && !(event.properties.b in ["x"])', ['b']],
  ['event.properties.a ? event.properties.b : event.properties.c', []],
  ['event.properties.a == 1 || event.path == "/"', []],
  ['!(event.properties.a == 1 && event.path == "/")', []],
])('%s cannot be true without the properties %s', (text, needed) => {
  expect(propertiesNeeded(parse(text).ast)).toEqual(needed);
});

test('a property that one side of an "or" lacks leaves it to the other side', () => {
  expect(holds('event.properties.a == 1 || event.path == "/"', subject({ path: '/' }))).toBe(true);
});
