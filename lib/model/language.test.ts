import { expect, test } from 'vitest';
import { createStamp } from '#lib/agents/stamps';
import { FILES, faultsOf, modelOf } from '#lib/model/given';
import type { Model, ModelFiles } from '#lib/model/model';
import { activity } from '#test/given/activity';

const stamp = createStamp();

const SCORING = `engine: 4
cap: 200
groups:
  - { id: mail, cap: 60 }
  - { id: site }
exclude:
  bots: true
  internal: { ips: [203.0.113.0/24, "2001:db8::/32", 192.0.2.7], domains: [Example.com] }
rules:
  - { id: clicked, on: email_clicked, group: mail, points: 10, expires_after: 90d, per_day: 3, cap: 30 }
  - { id: student, on: form_submitted, where: event.properties.role == "student", disqualifies: is a student }
grade:
  grades: { A: 40, B: 20, C: 0, D: -20 }
  rules:
    - { id: large, where: lead.traits.company_size >= 50, points: 20 }
    - { id: rival, where: lead.email_domain == "rival.com", disqualifies: works at a competitor }
`;

const MOVE = (id: string, from: string, to: string, when: string) =>
  `  - { id: ${id}, from: [${from}], to: ${to}, reason: r, when: { ${when} } }\n`;

const CLIMB = MOVE('identified', 'visitor', 'lead', 'identified: true');

function files(stages: string, scoring = SCORING): ModelFiles {
  const ladder = `ladder: [visitor, lead, mql]\nnot_own: [email_sent]\nmoves:\n${stages}`;
  return { ...FILES, 'scoring.yaml': scoring, 'stages.yaml': ladder };
}

const UP = CLIMB + MOVE('up', 'lead', 'mql', 'score_at_least: 50, grade_at_least: B, stayed_for: 1d');
const model: Model = modelOf(files(UP));

test('a rule has its group, its caps and how long it counts; one that disqualifies gives no points', () => {
  const { scoring } = model;

  expect(scoring.rule('clicked')).toMatchObject({ group: 'mail', cap: 30, perDay: 3, expiresAfter: 90 * 86_400_000 });
  expect(scoring.rule('student')).toMatchObject({ points: 0, disqualifies: 'is a student', perDay: Infinity });
  expect([scoring.cap, scoring.groupCap('mail'), scoring.groupCap('site')]).toEqual([200, 60, Infinity]);
  expect(scoring.hasCaps).toBe(true);
  expect(modelOf(FILES).scoring.hasCaps).toBe(false);
});

test('a grade asks for points of what is known of a lead', () => {
  const [large, rival] = model.scoring.grading?.rules ?? [];

  expect(model.scoring.grading?.grades[1]).toEqual({ grade: 'B', atLeast: 20 });
  expect([...(model.scoring.grading?.traits ?? [])]).toEqual(['company_size']);
  expect(large?.matches({ email: '', traits: { company_size: 50 } })).toBe(true);
  expect(large?.matches({ email: '', traits: { company_size: '50' } })).toBe(false);
  expect(large?.matches({ email: '', traits: {} })).toBe(false);
  expect(rival?.matches({ email: 'ada@rival.com', traits: {} })).toBe(true);
  expect(rival?.matches({ email: 'ada@notrival.com', traits: {} })).toBe(false);
});

test.each([
  [{ user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)' }, 'bot'],
  [{ user_agent: 'curl/8.5.0' }, undefined],
  [{ user_agent: 'python-requests/2.31.0' }, undefined],
  [{ user_agent: 'node-fetch/1.0 (+https://github.com/bitinn/node-fetch)' }, undefined],
  [{ user_agent: 'Apache-HttpClient/4.5.3 (Java/1.8.0_191)' }, undefined],
  [{ user_agent: 'Go-http-client/2.0' }, undefined],
  [{ user_agent: 'PostmanRuntime/7.36.0' }, undefined],
  [{ user_agent: 'analytics-node/6.0.0' }, undefined],
  [{ user_agent: 'Java/17 (compatible; ExampleBot/1.0)' }, 'bot'],
  [{ user_agent: 'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0' }, undefined],
  [{ ip: '203.0.113.9' }, 'internal'],
  [{ ip: '::ffff:203.0.113.9' }, 'internal'],
  [{ ip: '192.0.2.7' }, 'internal'],
  [{ ip: '192.0.2.8' }, undefined],
  [{ ip: '2001:db8::1' }, 'internal'],
  [{ ip: '2001:db9::1' }, undefined],
  [{ ip: 'elsewhere' }, undefined],
  [{ email: 'ada@EXAMPLE.com' }, 'internal'],
  [{ email: 'ada@example.com.org' }, undefined],
])('an activity with %o is left out as %s', (over, why) => {
  const before = activity({});
  const personal = { ...before.personal, email: null, ip: null, user_agent: null, ...over };
  const under = (one: Model) => one.scoring.excludes({ ...before, personal, ...stamp({ ...before, personal }, one) });

  expect(under(model)).toBe(why);
  expect(under(modelOf(FILES))).toBeUndefined();
});

test('what is left out is told by its stamps, whatever the lists say by now', () => {
  const personal = { ...activity().personal, ip: '203.0.113.9', user_agent: 'Googlebot/2.1' };
  expect(model.scoring.excludes(activity({ personal, agent: 'person' }))).toBeUndefined();
  expect(model.scoring.excludes(activity({ agent: 'bot' }))).toBe('bot');
  expect(model.scoring.excludes(activity({ agent: 'proxy' }))).toBeUndefined();
  expect(model.scoring.excludes(activity({ agent: 'program' }))).toBeUndefined();
  expect(model.scoring.excludes(activity({ network: 'internal' }))).toBe('internal');
});

test('a move holds when all of its conditions hold, and the ladder knows its thresholds', () => {
  const falls = MOVE('down', 'mql', 'lead', 'score_below: 35, quiet_for: 9d');
  const { stages } = modelOf(files(UP + falls));

  expect(stages.moves[1]?.when).toEqual([
    { kind: 'score', atLeast: 50 },
    { kind: 'grade', atLeast: 'B' },
    { kind: 'stayed', forMs: 86_400_000 },
  ]);
  expect(stages.thresholds).toEqual([35, 50]);
});

/** what is wrong | written | instead | line | problem | remedy */
// biome-ignore format: a table, a line each
const FAULTS: readonly (readonly [string, string, string, number, string, string])[] = [
  ['a cap of nothing', 'cap: 200', 'cap: 0', 2, '`cap` is 0, not a positive number of points', 'write a number above 0, like 60'],
  ['a misspelt group', 'group: mail', 'group: mial', 10, 'there is no group mial', 'did you mean mail?'],
  ['two groups with one id', '{ id: site }', '{ id: mail }', 5, 'the id mail is there twice, first in line 4', 'give each its own id'],
  ['a network that is none', '203.0.113.0/24', '203.0.113.0/99', 8, 'an entry of `ips` is the text "203.0.113.0/99", not a network', 'write it like 203.0.113.0/24 or "2001:db8::/32"'],
  ['a domain that is an address', 'Example.com', 'ada@example.com', 8, 'an entry of `domains` is the text "ada@example.com", not a domain', 'write what stands behind the @, like example.com'],
  ['counting none a day', 'per_day: 3', 'per_day: 0', 10, '`per_day` is 0, less than 1', 'write `per_day: 3`'],
  ['a negative time', 'expires_after: 90d', 'expires_after: -90d', 10, '`expires_after` is negative: -90d', 'write a number with its unit, like 30d, 24h or 90m'],
  ['grades out of order', 'B: 20', 'B: 40', 13, 'grade B asks for 40 points, and A for 40', 'give B fewer points than A'],
  ['a letter that is no grade', 'D: -20', 'G: -20', 13, 'unknown key `G`', 'did you mean `A`?'],
  ['a misspelt field of a lead', 'lead.email_domain', 'lead.emaildomain', 16, 'the condition reads `lead.emaildomain`, which no lead has', 'did you mean `lead.email_domain`?'],
  ['an event in a fit rule', 'lead.email_domain', 'event.path', 16, 'the condition reads `event`, which is unknown', 'did you mean `lead.traits.event`?'],
  ['all traits at once', 'lead.traits.company_size >= 50', 'size(lead.traits) > 3', 15, 'the condition reads traits without naming them', 'name each trait, like `lead.traits.company_size`'],
  ['two fit rules with one id', 'id: rival', 'id: large', 16, 'the id large is there twice, first in line 15', 'give each its own id'],
];

test.each(FAULTS)('%s is a fault', (_, written, instead, line, problem, remedy) => {
  const scoring = SCORING.replace(written, () => instead);

  expect(faultsOf(files(UP, scoring))).toEqual([{ file: 'scoring.yaml', line, problem, remedy }]);
});

const QUARRELS: readonly (readonly [string, string, string | undefined])[] = [
  ['score_at_least: 5, score_below: 5', 'stayed_for: 1d', '`score_at_least` and `score_below` never hold together'],
  ['grade_at_least: B, grade_below: B', 'stayed_for: 1d', '`grade_at_least` and `grade_below` never hold together'],
  ['grade_at_least: B, grade_below: A', 'stayed_for: 1d', undefined],
  ['on: deal_won, quiet_for: 9d', 'stayed_for: 1d', '`on` and `quiet_for` never hold together'],
  ['on: email_sent, quiet_for: 9d', 'stayed_for: 1d', undefined],
  ['on: email_sent, active: true', 'stayed_for: 1d', '`active` and `on` never hold together'],
  [
    'score_at_least: 50',
    'score_below: 60',
    'the moves up (line 5), down (line 6) can hold at one moment: a lead would be moved to and fro',
  ],
  ['score_at_least: 50', 'score_below: 50', undefined],
  [
    'on: deal_won',
    'on: [deal_won, deal_lost]',
    'the moves up (line 5), down (line 6) can hold at one moment: a lead would be moved to and fro',
  ],
  ['on: deal_won', 'on: deal_lost', undefined],
  ['active: true', 'quiet_for: 9d', undefined],
  ['grade_at_least: B', 'grade_below: B', undefined],
  ['identified: true', 'score_below: 5, stayed_for: 1d', undefined],
];

test.each(QUARRELS)('up on { %s } and down on { %s }: %s', (up, down, problem) => {
  const moves = CLIMB + MOVE('up', 'lead', 'mql', up) + MOVE('down', 'mql', 'lead', down);

  const never = problem?.endsWith('never hold together')
    ? ['no lead comes to the stage mql: up (line 5) is never made']
    : [];
  expect(faultsOf(files(moves)).map((fault) => fault.problem)).toEqual([...never, ...(problem ? [problem] : [])]);
});

/** up | down | at which event both hold; undefined: none is told */
// biome-ignore format: a table, a line each
test.each([
  ['event.properties.seats >= 10', 'event.properties.seats > 50', 'deal_won with seats 51'],
  ['event.properties.seats >= 10', 'event.properties.seats < 10', undefined],
  ['event.properties.seats >= 10', 'event.properties.plan == "pro"', 'deal_won with seats 10 and plan "pro"'],
  ['event.properties.plan != "free"', 'has(event.properties.plan)', 'deal_won with plan "free-"'],
  ['event.properties.plan in ["pro", "team"]', 'event.properties.plan in ["team", "free"]', 'deal_won with plan "team"'],
  ['event.properties.plan == "pro"', 'event.properties.plan == "free"', undefined],
  ['!has(event.properties.plan)', 'event.properties.plan == "free"', undefined],
  ['event.path.startsWith("/pricing")', 'event.path.contains("demo")', 'deal_won with path "/pricingdemo"'],
  ['event.path.startsWith("/pricing/")', 'event.path == "/pricing"', undefined],
  ['event.properties.discount < -5', 'event.source == "fair" || event.medium == "mail"', 'deal_won with discount -6 and source "fair" and medium "mail"'],
  ['event.properties.renewed', '!event.properties.trial', 'deal_won with renewed true and trial false'],
  ['event.name == "deal_won"', 'event.name != "deal_lost"', 'deal_won'],
])('up where %s, down where %s: a circle at %s', (up, down, event) => {
  const asked = (where: string, names: string) => `on: [${names}], where: '${where}'`;
  const ways = MOVE('up', 'lead', 'mql', asked(up, 'deal_won, a')) + MOVE('down', 'mql', 'lead', asked(down, 'deal_won, b'));

  const told = `the moves up (line 5), down (line 6) can hold at one ${event}: a lead would be moved to and fro`;
  expect(faultsOf(files(CLIMB + ways)).map(({ problem }) => problem)).toEqual(event === undefined ? [] : [told]);
});

test.each([
  ['email_opened', []],
  ['newsletter_read', ['newsletter_read with path "/a"']],
])('a circle at a %s without email_id is told at %j', (name, told) => {
  const asked = (where: string) => `on: ${name}, where: '${where}'`;
  const up = MOVE('up', 'lead', 'mql', asked('!has(event.properties.email_id)'));
  const down = MOVE('down', 'mql', 'lead', asked('event.path == "/a"'));

  const problems = faultsOf(files(CLIMB + up + down)).map(({ problem }) => problem);
  expect(problems.map((problem) => /at one ([^:]*):/.exec(problem)?.[1])).toEqual(told);
});

test('a search for an event that conditions share ends soon, found or not', () => {
  const asked = (id: string, from: string, to: string, parts: readonly string[]) =>
    MOVE(id, from, to, `on: deal_won, where: '${parts.map((part) => `event.properties.${part}`).join(' && ')}'`);
  const many = Array.from({ length: 9 }, (_, i) => `p${i} != "${i}" && event.properties.p${i} != "${i}x"`);
  const moves = CLIMB + asked('up', 'lead', 'mql', many) + asked('down', 'mql', 'lead', [...many, 'p0 == "0"']);

  const before = performance.now();
  expect(faultsOf(files(moves))).toEqual([]);
  expect(performance.now() - before).toBeLessThan(5_000);
});

test('the remedy for scores that overlap is the score to write', () => {
  const moves =
    CLIMB + MOVE('up', 'lead', 'mql', 'score_at_least: 50') + MOVE('down', 'mql', 'lead', 'score_below: 60');

  expect(faultsOf(files(moves))).toMatchObject([{ line: 6, remedy: 'write `score_below: 50` or less in down' }]);
});

test('a move below one that always holds first is never made', () => {
  const moves =
    UP + MOVE('early', 'lead', 'mql', 'score_at_least: 40') + MOVE('late', 'lead', 'mql', 'score_at_least: 60');

  expect(faultsOf(files(moves))).toMatchObject([
    { line: 7, problem: 'the move late is never made: early (line 6) holds whenever it does' },
  ]);
});

test('moves ask for nothing that scoring.yaml never gives', () => {
  const plain = 'engine: 4\nrules: [{ id: r, on: form_submitted, points: 1 }]';
  const moves = UP + MOVE('out', 'lead', 'mql', 'disqualified: true');

  expect(faultsOf(files(moves, plain)).map(({ line, problem }) => [line, problem])).toEqual([
    [1, 'no lead comes to the stage mql: up (line 5), out (line 6) are never made'],
    [5, '`grade_at_least` never holds: no lead has a grade'],
    [6, '`disqualified` never holds: no rule of scoring.yaml disqualifies'],
  ]);
});

// biome-ignore format: a table, a line each
test.each([
  ['score_at_least: 201', '`score_at_least: 201` never holds: the cap of scoring.yaml keeps scores at 200 or less', 'ask for at most 200, or raise `cap` there'],
  ['score_below: -200', '`score_below: -200` never holds: the cap of scoring.yaml keeps scores at -200 or more', 'ask for more than -200, or raise `cap` there'],
  ['grade_at_least: A', '`grade_at_least: A` never holds: the rules of `grade` give 20 points at most, a grade B', 'ask for B, or add rules to `grade` in scoring.yaml'],
  ['grade_below: C', '`grade_below: C` never holds: the rules of `grade` give 0 points at least, a grade C', 'name a better grade, or take points by a rule of `grade` in scoring.yaml'],
  ['grade_below: F', '`grade_below: F` never holds: F is the worst grade', 'name a better grade, or take points by a rule of `grade` in scoring.yaml'],
])('a move on { %s } asks for what no lead has', (when, problem, remedy) => {
  const moves = UP + MOVE('out', 'lead', 'mql', when);

  expect(faultsOf(files(moves))).toEqual([{ file: 'stages.yaml', line: 6, problem, remedy }]);
});

test.each(['score_at_least: 200', 'score_below: -199', 'grade_at_least: B', 'grade_below: B'])(
  'a move on { %s } asks for what a lead may have',
  (when) => {
    expect(faultsOf(files(CLIMB + MOVE('up', 'lead', 'mql', when)))).toEqual([]);
  },
);

/** A ladder up to mql, with other stages beside it. */
function beside(stages: string, ...moves: readonly string[]): ModelFiles {
  const first = [CLIMB, MOVE('up', 'lead', 'mql', 'score_at_least: 50')];
  const text = ['ladder: [visitor, lead, mql]\n', `beside: [${stages}]\n`, 'moves:\n', ...first, ...moves].join('');
  return { ...FILES, 'scoring.yaml': SCORING, 'stages.yaml': text };
}

test('a stage that only moves lead to that are never made is not reached, and what is behind it is not told', () => {
  const ladder = (when: string) =>
    beside(
      'trial, sql, customer',
      MOVE('try', 'mql', 'trial', 'score_at_least: 40'),
      MOVE('sell', 'lead, mql', 'sql', when),
      MOVE('win', 'sql', 'customer', 'on: deal_won'),
    );

  expect(faultsOf(ladder('score_at_least: 60'))).toEqual([
    {
      file: 'stages.yaml',
      line: 2,
      problem: 'no lead comes to the stage sql: sell (line 7) is never made',
      remedy: 'let one of them be made, add another move, or remove the stage',
    },
    {
      file: 'stages.yaml',
      line: 7,
      problem: 'the move sell is never made: up (line 5) or try (line 6) holds whenever it does',
      remedy: 'put sell above up and try, or take one of them out',
    },
  ]);
  expect(faultsOf(ladder('score_at_least: 45'))).toEqual([]);
  expect(faultsOf(ladder('on: deal_won'))).toEqual([]);
});

test('a stage is not reached by a move that is made only from a stage behind it', () => {
  const sell = MOVE('sell', 'lead, trial', 'sql', 'score_at_least: 60');
  const ladder = beside('trial, sql', sell, MOVE('try', 'sql', 'trial', 'stayed_for: 5d'));

  expect(faultsOf(ladder).map(({ line, problem }) => [line, problem])).toEqual([
    [2, 'no lead comes to the stage sql: sell (line 6) is never made'],
  ]);
});
