import { expect, test } from 'vitest';
import { edited, FILES, faultsOf } from '#lib/model/given';
import type { ModelFiles } from '#lib/model/model';

const STORED = 'no behaviour is called "Calculator Used": it is stored as calculator_used';

test.each([
  ['a rule', edited('scoring.yaml', 'on: page_viewed', 'on: Calculator Used')],
  ['an answer', edited('scoring.yaml', '{ on: email_opened,', '{ on: Calculator Used,')],
  ['a move', edited('stages.yaml', '[demo_requested, form_submitted]', '[demo_requested, Calculator Used]')],
  ['not_own', edited('stages.yaml', 'not_own: [email_sent]', 'not_own: [email_sent, Calculator Used]')],
  ['a program', edited('programs/guide.yaml', 'on: page_viewed', 'on: Calculator Used')],
  ['what ends a program', edited('programs/guide.yaml', '[unsubscribed]', '[Calculator Used]')],
  ['a condition', edited('scoring.yaml', 'event.path == "/pricing"', `'event.name == "Calculator Used"'`)],
])('in %s a behaviour is named as it is stored', (_, files) => {
  expect(faultsOf(files)).toMatchObject([{ problem: STORED, remedy: 'write calculator_used' }]);
});

test.each([
  ['Page Viewed', 'page_viewed'],
  ['Email Link Clicked', 'email_clicked'],
  [' page_viewed ', 'page_viewed'],
])('%j is told as %s', (written, stored) => {
  const [fault] = faultsOf(edited('scoring.yaml', 'on: page_viewed', `on: "${written}"`));
  expect(fault?.remedy).toBe(`write ${stored}`);
});

test('a custom name that is stored as it is written is taken', () => {
  for (const name of ['calculator_used', 'calculator used', 'calculatorUsed']) {
    expect(faultsOf(edited('scoring.yaml', 'on: page_viewed', `on: ${name}`))).toEqual([]);
  }
});

function rule(on: string, where: string): ModelFiles {
  return edited(
    'scoring.yaml',
    'on: page_viewed\n    where: event.path == "/pricing"',
    `on: ${on}\n    where: '${where}'`,
  );
}

test.each([
  [
    'calculator_used',
    'event.properties.seats >= "20"',
    'seats is compared with the text "20", and a number is never more or less than a text',
    'write it without quotes: 20',
  ],
  [
    'calculator_used',
    'event.path == "/" && "-1.5" < event.properties.seats',
    'seats is compared with the text "-1.5", and a number is never more or less than a text',
    'write it without quotes: -1.5',
  ],
  [
    'deal_won',
    'event.properties.value == "9600"',
    'value of deal_won is a number, and is compared with the text "9600"',
    'write it without quotes: 9600',
  ],
  [
    'deal_won',
    'event.properties.value > "a lot"',
    'value of deal_won is a number, and is compared with the text "a lot"',
    'compare it with a number',
  ],
  [
    'deal_won',
    'event.properties.currency == 5',
    'currency of deal_won is a text, and is compared with 5',
    'write it in quotes: "5"',
  ],
  [
    'asset_downloaded',
    'event.properties.asset_type in ["ebook", 3]',
    'asset_type of asset_downloaded is a text, and is compared with 3',
    'write it in quotes: "3"',
  ],
])('%s: %s compares what never is alike', (on, where, problem, remedy) => {
  expect(faultsOf(rule(on, where))).toEqual([{ file: 'scoring.yaml', line: 6, problem, remedy }]);
});

test.each([
  ['calculator_used', 'event.properties.seats >= 20'],
  ['calculator_used', 'event.properties.plan == "20"'],
  ['calculator_used', 'event.properties.since >= "2026-01-01"'],
  ['deal_won', 'event.properties.value >= 20 && event.properties.currency in ["EUR", "USD"]'],
  ['deal_won', 'size(event.properties.currency) > 2'],
  ['asset_downloaded', 'event.properties.asset_type.size() > 3'],
])('%s: %s is taken', (on, where) => {
  expect(faultsOf(rule(on, where))).toEqual([]);
});

test('moves and programs are told so, too, in the line of a longer condition', () => {
  const block = '|\n    event.path == "/pricing" &&\n    event.properties.seats >= "3"';
  const program = edited('programs/guide.yaml', 'where: event.path == "/pricing"', `where: ${block}`);
  expect(faultsOf(program)).toMatchObject([{ file: 'programs/guide.yaml', line: 6 }]);
  const move = edited('stages.yaml', 'where: event.properties.seats >= 10', `where: 'event.properties.seats >= "10"'`);
  expect(faultsOf(move)).toMatchObject([{ file: 'stages.yaml', line: 19 }]);
});

test.each([
  [
    'lead.traits.company_size >= "50"',
    'company_size is compared with the text "50", and a number is never more or less than a text',
  ],
  ['lead.email_domain == "Rival.com"', 'lead.email_domain is in lower case, and never "Rival.com"'],
])('a grade that asks %s is told', (where, problem) => {
  const graded = `${FILES['scoring.yaml']}grade:\n  grades: { A: 10 }\n  rules:\n    - { id: large, where: '${where}', points: 20 }\n`;
  expect(faultsOf({ ...FILES, 'scoring.yaml': graded })).toMatchObject([{ line: 21, problem }]);
});
