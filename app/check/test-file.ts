import { z } from 'zod';
import { reportMisspeltProperties } from '#lib/model/behaviour';
import { EVENT_FIELDS } from '#lib/model/condition';
import { readEntries } from '#lib/model/entries';
import { behaviour, delay, mailAddress, nameIn, stageIn } from '#lib/model/fields';
import { gradeLetter } from '#lib/model/grade';
import { read } from '#lib/model/issues';
import type { Grade } from '#lib/model/model';
import type { Source } from '#lib/model/source';
import { nearest } from '#lib/model/spelling';

/** What a test file's names must be found in; empty sets take any. */
export interface KnownNames {
  readonly stages: ReadonlySet<string>;
  /** How a trigger is named in this file: program/step, or step alone in the tests beside a program. */
  readonly triggers: ReadonlySet<string>;
}

/** An event of a test; times in ms after its beginning. */
export interface TestEvent {
  readonly at: number;
  readonly event: string;
  /** False for a visitor. */
  readonly known: boolean;
  /** Of the person, as far as given: nothing is known beforehand but the address of a known lead. */
  readonly email?: string | undefined;
  readonly traits?: { readonly [name: string]: unknown } | undefined;
  readonly user_agent?: string | undefined;
  readonly ip?: string | undefined;
  /** Reported so much later than it occurred, ms. */
  readonly late: number;
  /** path, url, referrer … as far as given. */
  readonly texts: { readonly [field: string]: string };
  readonly properties: { readonly [name: string]: unknown };
}

/** What holds at a time, ms after the test's beginning; what is undefined is not looked at. */
export interface Expectation {
  readonly at: number;
  readonly line: number;
  readonly score?: number | undefined;
  readonly stage?: string | undefined;
  readonly grade?: Grade | undefined;
  /** The reason, null if the lead fits. */
  readonly disqualified?: string | null | undefined;
  readonly triggers?: readonly string[] | undefined;
  readonly suppressed?: readonly string[] | undefined;
}

export interface TestCase {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  readonly events: readonly TestEvent[];
  readonly expect: readonly Expectation[];
}

const TEXTS = EVENT_FIELDS.filter((field) => field !== 'name' && field !== 'properties');

/** What an event says of the person. */
const PERSONAL = ['email', 'traits', 'user_agent', 'ip'];

const eventSchema = z
  .object({
    at: delay,
    event: behaviour,
    known: z.boolean().optional(),
    email: mailAddress.optional(),
    traits: z.record(z.string(), z.unknown()).optional(),
    user_agent: z.string().optional(),
    ip: z.string().optional(),
    late: delay.optional(),
    properties: z.record(z.string(), z.unknown()).optional(),
    ...Object.fromEntries(TEXTS.map((field) => [field, z.string().optional()])),
  })
  .catchall(z.unknown());

const expectationSchema = ({ stages, triggers }: KnownNames) =>
  z.strictObject({
    at: delay,
    score: z.number().optional(),
    stage: stageIn(stages).optional(),
    grade: gradeLetter.optional(),
    disqualified: z.string().nullable().optional(),
    triggers: z.array(nameIn('step', triggers)).optional(),
    suppressed: z.array(nameIn('step', triggers)).optional(),
  });

export const testSchema = (names: KnownNames) =>
  z.strictObject({
    name: z.string().min(1),
    events: z.array(eventSchema),
    expect: z.array(expectationSchema(names)).min(1),
  });

const fileSchema = z.strictObject({ tests: z.array(z.unknown()).min(1) });

const EXAMPLES = {
  tests: 'tests:',
  name: 'name: a mail counts once',
  events: 'events:',
  expect: 'expect:',
  at: 'at: 2d',
  event: 'event: page_viewed',
  score: 'score: 10',
  stage: 'stage: mql',
  traits: 'traits: { company_size: 50 }',
  late: 'late: 3d',
  disqualified: 'disqualified: works at a competitor',
};

/** The tests in a file that can be run; whatever is wrong with the others is reported. */
export function readTests(source: Source, names: KnownNames): readonly TestCase[] {
  read(source, [], source.data, fileSchema, EXAMPLES);
  return readEntries(source, 'tests', testSchema(names), EXAMPLES).map(({ value, index }) => ({
    file: source.file,
    line: source.lineOf(['tests', index]),
    name: value.name,
    events: value.events.map((event, place) => eventOf(source, ['tests', index, 'events', place], event)),
    expect: value.expect.map((expectation, place) => {
      const path = ['tests', index, 'expect', place];
      const { at, ...looked } = expectation;
      if (Object.values(looked).every((wanted) => wanted === undefined)) {
        source.report(path, 'this expects nothing', 'add score, stage, grade, disqualified, triggers or suppressed');
      }
      return { ...expectation, line: source.lineOf(path) };
    }),
  }));
}

/** Every key that is no field of an event is a property. */
function eventOf(source: Source, path: readonly PropertyKey[], written: z.output<typeof eventSchema>): TestEvent {
  const { at, event, known = true, properties = {}, email, traits, user_agent, ip, late = 0, ...rest } = written;
  if (!known && email !== undefined) {
    source.report([...path, 'email'], 'a visitor has no address', 'remove `known: false` or `email`');
  }
  const given = Object.entries(rest).filter(([, value]) => value !== undefined);
  const texts = Object.fromEntries(
    given.flatMap(([key, value]) => (TEXTS.includes(key) && typeof value === 'string' ? [[key, value]] : [])),
  );
  const others = given.filter(([key]) => !TEXTS.includes(key));
  for (const [key] of others) {
    const meant = nearest(key, [...TEXTS, ...PERSONAL, 'known', 'properties', 'late'], 1);
    if (meant !== undefined)
      source.report([...path, key], `\`${key}\` is not a field of an event`, `did you mean ${meant}?`);
    reportMisspeltProperties(source, [...path, key], event, [key]);
  }
  return {
    at,
    event,
    known,
    email,
    traits,
    user_agent,
    ip,
    late,
    texts,
    properties: { ...Object.fromEntries(others), ...properties },
  };
}
