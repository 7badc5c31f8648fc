import { expect, test } from 'vitest';
import { edited, FILES, faultsOf } from '#lib/model/given';

/** what is wrong | file | written | instead | line | problem | remedy */
// biome-ignore format: a table, a line each
const FAULTS: readonly (readonly [string, string, string, string, number, string, string])[] = [
  ['an unknown key', 'scoring.yaml', 'points: 10', 'points: 10\n    pionts: 3', 8, 'unknown key `pionts`', 'did you mean `points`?'],
  ['a key unlike any', 'scoring.yaml', 'engine: 4', 'engine: 4\ncolour: red', 2, 'unknown key `colour`', 'remove it; known here: engine, half_life, cap, groups, exclude, rules, grade'],
  ['an unknown key deep down', 'scoring.yaml', 'same: email_id', 'same: email_id, sam: x', 15, 'unknown key `sam`', 'did you mean `same`?'],
  ['a key twice', 'scoring.yaml', 'points: 10', 'points: 10\n    points: 3', 8, 'this key is there twice', 'keep one of the two'],
  ['a rule without points', 'scoring.yaml', '    points: 5\n', '', 8, '`points` is missing', 'write `points: 10`'],
  ['a rule that gives nothing', 'scoring.yaml', 'points: 5', 'points: 0', 11, 'the rule gives no points', 'write a number other than 0, or remove the rule'],
  ['points that are no number', 'scoring.yaml', 'points: 5', 'points: five', 11, '`points` is the text "five", not a number', 'write `points: 10`'],
  ['an empty value', 'scoring.yaml', 'points: 5', 'points:', 11, '`points` is empty', 'write `points: 10`'],
  ['a negative half-life', 'scoring.yaml', 'half_life: 30d', 'half_life: -30d', 2, '`half_life` is negative: -30d', 'write a number with its unit, like 30d, 24h or 90m, or none'],
  ['a half-life of nothing', 'scoring.yaml', 'half_life: 90m', 'half_life: 0d', 17, '`half_life` is the text "0d", not a positive duration', 'write a number with its unit, like 30d, 24h or 90m, or none'],
  ['a duration without unit', 'scoring.yaml', 'within: 7d', 'within: 7', 15, '`within` is 7, not a positive duration', 'write a number with its unit, like 30d, 24h or 90m'],
  ['a missing duration', 'scoring.yaml', ', within: 7d', '', 15, '`within` is missing', 'write `within: 7d`'],
  ['a time longer than activities count', 'scoring.yaml', 'within: 7d', 'within: 401d', 15, '`within` is longer than an activity counts', 'write at most 400d'],
  ['a misspelt behaviour', 'scoring.yaml', 'on: page_viewed', 'on: page_veiwed', 5, 'page_veiwed is not a standard behaviour', 'did you mean page_viewed?'],
  ['a misspelt property', 'scoring.yaml', 'once_per: email_id', 'once_per: emial_id', 10, 'emial_id is not a property of email_opened', 'did you mean email_id?'],
  ['a misspelt field in a condition', 'scoring.yaml', 'event.path', 'event.pth', 6, 'the condition reads `event.pth`, which no event has', 'did you mean `event.path`?'],
  ['a misspelt field in a block', 'scoring.yaml', 'event.path ==', '|\n      event.name != "" &&\n      event.pth ==', 8, 'the condition reads `event.pth`, which no event has', 'did you mean `event.path`?'],
  ['a condition that is no text', 'scoring.yaml', 'event.path == "/pricing"', 'true', 6, '`where` is true, not a condition', `write it in quotes, like "event.path == '/pricing'"`],
  ['two rules with one id', 'scoring.yaml', 'id: email_opened', 'id: pricing_page_viewed', 8, 'the id pricing_page_viewed is there twice, first in line 4', 'give each its own id'],
  ['an id with spaces', 'scoring.yaml', 'id: email_opened', 'id: Email opened', 8, '`id` is the text "Email opened", not an id', 'write small letters, digits and _, beginning with a letter'],
  ['counting once and waiting at once', 'scoring.yaml', '    unless', '    once_per: email_id\n    unless', 15, '`once_per` and `unless` exclude each other', 'remove `once_per`'],
  ['an engine of the future', 'scoring.yaml', 'engine: 4', 'engine: 9', 1, 'engine 9 is unknown to this version of Leadstream', 'write engine: 4, or upgrade Leadstream'],
  ['an engine in quotes', 'scoring.yaml', 'engine: 4', 'engine: "2"', 1, '`engine` is the text "2", not a number', 'write `engine: 4`'],
  ['a stage that is not there', 'stages.yaml', 'to: mql', 'to: mqll', 12, 'there is no stage mqll', 'did you mean mql?'],
  ['a stage that is not there in a list', 'stages.yaml', 'from: [lead, mql]', 'from: [lead, winner]', 21, 'there is no stage winner', 'known: visitor, lead, mql, dormant'],
  ['a stage that is a number', 'stages.yaml', 'to: dormant', 'to: 5', 22, '`to` is 5, not a stage', 'known: visitor, lead, mql, dormant'],
  ['an unreachable stage', 'stages.yaml', 'beside: [dormant]', 'beside:\n  - dormant\n  - disqualified', 4, 'no move leads to the stage disqualified', 'add a move with `to: disqualified`, or remove the stage'],
  ['a stage twice', 'stages.yaml', 'beside: [dormant]', 'beside: [dormant, lead]', 2, 'the stage lead is there twice', 'name each stage once'],
  ['a ladder of one', 'stages.yaml', 'ladder: [visitor, lead, mql]', 'ladder: [lead]', 1, '`ladder` has too few entries', 'write `ladder: [visitor, lead, mql, sql, opportunity, customer]`'],
  ['two moves with one id', 'stages.yaml', 'id: reopened', 'id: asleep', 25, 'the id asleep is there twice, first in line 20', 'give each its own id'],
  ['a move that leads nowhere', 'stages.yaml', 'from: [dormant]', 'from: [dormant, lead]', 27, 'the move leads from lead to lead', 'take lead out of `from`'],
  ['a move without a condition', 'stages.yaml', '{ active: true }', '{}', 29, '`when` has no condition', 'give one or more of identified, score_at_least, score_below, grade_at_least, grade_below, disqualified, on, quiet_for, stayed_for, active, been_in'],
  ['a move with two', 'stages.yaml', '{ active: true }', '{ active: true, quiet_for: 1d }', 29, '`active` and `quiet_for` never hold together', 'take one of them out'],
  ['a condition on no behaviour', 'stages.yaml', '{ active: true }', '{ active: true, where: event.path == "/" }', 29, '`where` asks about a behaviour, and there is none', 'add `on: page_viewed`'],
  ['active: false', 'stages.yaml', '{ active: true }', '{ active: false }', 29, '`active` is false', 'write one of true'],
  ['a move without a reason', 'stages.yaml', '    reason: quiet\n', '', 20, '`reason` is missing', 'write `reason: the score is high enough`'],
  ['no reps', 'routing.yaml', '- { id: ada, name: Ada Berg, email: ada@example.com }\n  - { id: mei, name: Mei Tanaka, email: mei@example.com }', '[]', 4, '`reps` is empty', 'write `reps: [{ id: ada, name: Ada Berg, email: ada@example.com }]`'],
  ['a rep without address', 'routing.yaml', 'mei@example.com', 'mei', 6, '`email` is the text "mei", not a mail address', 'write an address like ada@example.com'],
  ['two reps with one id', 'routing.yaml', 'id: mei', 'id: ada', 6, 'the id ada is there twice, first in line 5', 'give each its own id'],
  ['routing on a stage that is not there', 'routing.yaml', 'on_stage: mql', 'on_stage: hot', 1, 'there is no stage hot', 'known: visitor, lead, mql, dormant'],
  ['an unknown way of routing', 'routing.yaml', 'round_robin', 'round_robbin', 3, '`method` is the text "round_robbin"', 'did you mean round_robin?'],
  ['routing on visitors', 'routing.yaml', 'on_stage: mql', 'on_stage: visitor', 1, 'visitor is the stage of visitors, and nobody knows who they are', 'name a stage that leads enter, like `on_stage: mql`'],
  ['a program for visitors', 'programs/guide.yaml', 'audience: [lead, mql]', 'audience: [visitor]', 7, 'visitor is the stage of visitors, and nobody knows where to write to them', 'name a stage that leads are in, like lead'],
  ['a program for nobody', 'programs/guide.yaml', 'audience: [lead, mql]', 'audience: []', 7, '`audience` is empty', 'write `audience: [lead, mql]`'],
  ['an audience that is not there', 'programs/guide.yaml', 'audience: [lead, mql]', 'audience: [leed]', 7, 'there is no stage leed', 'did you mean lead?'],
  ['a program without entry', 'programs/alert.yaml', '\n  stage: mql', ' {}', 2, '`enter` has no condition', 'give either a behaviour (`on: page_viewed`) or a stage (`stage: mql`)'],
  ['a program with two entries', 'programs/alert.yaml', 'stage: mql', 'stage: mql\n  on: page_viewed', 2, '`enter` has both `on` and `stage`', 'give either a behaviour (`on: page_viewed`) or a stage (`stage: mql`)'],
  ['counting entries by stage', 'programs/alert.yaml', 'stage: mql', 'stage: mql\n  times: 2', 4, '`times` asks about a behaviour, and this program is entered by stage', 'remove it'],
  ['counting without a time', 'programs/guide.yaml', '  within: 7d\n', '', 5, '`times` has no `within`', 'add the time in which they count, like `within: 7d`'],
  ['counting to a half', 'programs/guide.yaml', 'times: 3', 'times: 2.5', 5, '`times` is 2.5, not a whole number', 'write `times: 3`'],
  ['counting to nothing', 'programs/guide.yaml', 'times: 3', 'times: 0', 5, '`times` is 0, less than 1', 'write `times: 3`'],
  ['an exit on a misspelt behaviour', 'programs/guide.yaml', '[unsubscribed]', '[unsubscribd]', 9, 'unsubscribd is not a standard behaviour', 'did you mean unsubscribed?'],
  ['an unknown channel', 'programs/guide.yaml', 'channel: alert', 'channel: alrt', 12, '`channel` is the text "alrt"', 'did you mean alert?'],
  ['steps out of order', 'programs/guide.yaml', 'after: 0d', 'after: 3d', 12, 'the step call is due before the one above it', 'list the steps in the order of `after`, counted from the entry'],
  ['two steps with one id', 'programs/guide.yaml', 'id: call', 'id: guide', 12, 'the id guide is there twice, first in line 11', 'give each its own id'],
  ['a step without lateness', 'programs/guide.yaml', ', max_lateness: 12h', '', 12, '`max_lateness` is missing', 'write `max_lateness: 24h`'],
];

test.each(FAULTS)('%s is a fault', (_, file, written, instead, line, problem, remedy) => {
  expect(faultsOf(edited(file, written, instead))).toEqual([{ file, line, problem, remedy }]);
});

test('the small model itself has none', () => {
  expect(faultsOf(FILES)).toEqual([]);
});

test.each(['scoring.yaml', 'stages.yaml', 'routing.yaml'])('a model without %s is incomplete', (file) => {
  const { [file]: _left, ...rest } = FILES;

  expect(faultsOf(rest)).toEqual([
    { file, line: 1, problem: `${file} is missing`, remedy: `add ${file} to the model's folder` },
  ]);
});

test.each([
  ['a quote never closed', 'reason: became', 'reason: "became', 2, 'not valid YAML: Missing closing "quote'],
  [
    'a bracket never closed',
    'reason: became an MQL',
    'reason: [1',
    2,
    'not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
  ],
  ['two documents', 'reason:', '---\nreason:', 2, 'the file has several documents'],
])('%s is a fault', (_, written, instead, line, problem) => {
  const [fault] = faultsOf(edited('routing.yaml', written, instead));

  expect(fault).toMatchObject({ file: 'routing.yaml', line, problem });
});

test.each([
  ['', 'the content of routing.yaml is empty'],
  ['- 1', 'the content of routing.yaml is a list, not a map of keys and values'],
  ['a: *missing', /^the anchors and aliases cannot be followed: Unresolved alias/],
  [
    'a: &a [1, 1]\nb: &b [*a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b]\nd: [*c, *c, *c, *c, *c]',
    /Excessive alias count/,
  ],
])('a file with the content "%s" is a fault', (text, problem) => {
  const faults = faultsOf({ ...FILES, 'routing.yaml': text });

  expect(faults).toMatchObject([{ file: 'routing.yaml', line: 1, problem: expect.stringMatching(problem) }]);
});

test('files that belong to no model are faults', () => {
  const strangers = { 'scorings.yaml': 'a: 1', 'costs.yaml': 'a: 1', 'programs/White Paper.yaml': 'a: 1' };

  expect(faultsOf({ ...FILES, ...strangers }).map(({ file, remedy }) => [file, remedy])).toEqual([
    [
      'costs.yaml',
      'take it out; a model is scoring.yaml, stages.yaml, routing.yaml, identity.yaml and programs/*.yaml',
    ],
    ['programs/White Paper.yaml', 'name it like programs/white-paper.yaml: small letters, digits, - and _'],
    ['scorings.yaml', 'did you mean scoring.yaml?'],
  ]);
});

test.each(['programs/guide.yml', 'programs/Guide.yaml'])(
  'a program whose id is there already, in %s, is a fault',
  (file) => {
    expect(faultsOf({ ...FILES, [file]: FILES['programs/guide.yaml'] ?? '' })).toEqual([
      {
        file,
        line: 1,
        problem: 'the program guide is there twice, also in programs/guide.yaml',
        remedy: 'take one of the two out, or give it a name of its own',
      },
    ]);
  },
);

test('all faults of all files are told at once, in the order of the files', () => {
  const scoring = edited('scoring.yaml', 'points: 10', 'point: ten\n    half_life: x\n    where2: y')['scoring.yaml'];
  const guide = edited('programs/guide.yaml', 'times: 3', 'times: many')['programs/guide.yaml'];
  const routing = FILES['routing.yaml']?.replace('on_stage: mql', 'on_stage: hot').replace('id: mei', 'id: 7');
  const files = {
    ...FILES,
    'scoring.yaml': scoring ?? '',
    'programs/guide.yaml': guide ?? '',
    'routing.yaml': routing ?? '',
  };

  expect(faultsOf(files).map(({ file, line }) => `${file}:${line}`)).toEqual([
    'programs/guide.yaml:5',
    'routing.yaml:1',
    'routing.yaml:6',
    'scoring.yaml:4',
    'scoring.yaml:7',
    'scoring.yaml:8',
    'scoring.yaml:9',
  ]);
});
