import { z } from 'zod';
import { checkCondition } from '#lib/model/behaviour';
import { type Entry, readEntries } from '#lib/model/entries';
import { behaviour, condition, delay, identifier, isGiven, pause, span, stageIn } from '#lib/model/fields';
import { read } from '#lib/model/issues';
import type { Program, ProgramEntry } from '#lib/model/model';
import type { Source } from '#lib/model/source';
import type { KnownStages } from '#lib/model/stages';

export const stepSchema = z.strictObject({
  id: identifier,
  after: delay,
  channel: z.enum(['mail', 'alert']),
  template: z.string().min(1),
  topic: z.string().min(1).optional(),
  max_lateness: delay,
});

const enterSchema = (stages: ReadonlySet<string>) =>
  z.strictObject({
    on: behaviour.optional(),
    where: condition,
    times: z.int().min(1).optional(),
    within: span.optional(),
    stage: stageIn(stages).optional(),
  });

export const programSchema = (stages: ReadonlySet<string>) =>
  z.strictObject({
    name: z.string().min(1),
    enter: enterSchema(stages),
    audience: z.array(stageIn(stages)).min(1),
    reentry_after: pause,
    exit_on: z.array(behaviour).optional(),
    steps: z.array(z.unknown()).min(1),
  });

const EXAMPLES = {
  name: 'name: Case study after a white paper',
  enter: 'enter: { on: page_viewed }',
  times: 'times: 3',
  stage: 'stage: mql',
  audience: 'audience: [lead, mql]',
  reentry_after: 'reentry_after: 30d',
  exit_on: 'exit_on: [unsubscribed]',
  steps: 'steps:',
  id: 'id: case_study',
  after: 'after: 2d',
  template: 'template: case_study',
  topic: 'topic: newsletter',
  max_lateness: 'max_lateness: 24h',
};

type Enter = z.output<ReturnType<typeof enterSchema>>;

/** programs/<id>.yaml: a path of timed steps, and who is led along it. */
export function readProgram(source: Source, id: string, stages: KnownStages): Program | undefined {
  const file = read(source, [], source.data, programSchema(stages.names), EXAMPLES);
  const steps = readEntries(source, 'steps', stepSchema, EXAMPLES);
  reportDisorder(source, steps);
  if (file === undefined) return undefined;
  reportVisitors(source, file, stages);
  const enter = entryOf(source, file.enter);
  if (enter === undefined) return undefined;
  return {
    id,
    name: file.name,
    enter,
    audience: new Set(file.audience),
    reentryAfter: file.reentry_after,
    exitOn: new Set(file.exit_on),
    steps: steps.map(({ value }) => {
      const { id: step, after, max_lateness, channel, template, topic } = value;
      return { id: step, after, maxLateness: max_lateness, channel, template, topic };
    }),
  };
}

function entryOf(source: Source, enter: Enter): ProgramEntry | undefined {
  const { on, where, times, within, stage } = enter;
  if ((on === undefined) === (stage === undefined)) {
    const problem = on === undefined ? '`enter` has no condition' : '`enter` has both `on` and `stage`';
    source.report(['enter'], problem, 'give either a behaviour (`on: page_viewed`) or a stage (`stage: mql`)');
    return undefined;
  }
  if (stage !== undefined) {
    const extra = [isGiven(where) && 'where', times !== undefined && 'times', within !== undefined && 'within'];
    for (const key of extra.filter((name) => name !== false)) {
      source.report(
        ['enter', key],
        `\`${key}\` asks about a behaviour, and this program is entered by stage`,
        'remove it',
      );
    }
    return { kind: 'stage', stage };
  }
  if (on === undefined) return undefined;
  checkCondition(source, ['enter', 'where'], on, where);
  if (times !== undefined && times > 1 && within === undefined) {
    source.report(['enter', 'times'], '`times` has no `within`', 'add the time in which they count, like `within: 7d`');
  }
  return { kind: 'behaviour', name: on, matches: where.matches, count: times ?? 1, within: within ?? 0 };
}

function reportVisitors(
  source: Source,
  { audience, enter }: Pick<z.output<ReturnType<typeof programSchema>>, 'audience' | 'enter'>,
  { ofVisitors }: KnownStages,
): void {
  if (ofVisitors === undefined) return;
  const problem = `${ofVisitors} is the stage of visitors, and nobody knows where to write to them`;
  const remedy = 'name a stage that leads are in, like lead';
  if (enter.stage === ofVisitors) source.report(['enter', 'stage'], problem, remedy);
  if (audience.every((stage) => stage === ofVisitors)) source.report(['audience'], problem, remedy);
}

function reportDisorder(source: Source, steps: readonly Entry<z.output<typeof stepSchema>>[]): void {
  steps.forEach(({ value, index }, place) => {
    const before = steps[place - 1];
    if (before === undefined || before.value.after <= value.after) return;
    const problem = `the step ${value.id} is due before the one above it`;
    source.report(['steps', index, 'after'], problem, 'list the steps in the order of `after`, counted from the entry');
  });
}
