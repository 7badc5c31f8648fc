import { holdsOf } from '#test/oracle/conditions';
import { mayMail } from '#test/oracle/facts';
import type { StageStep } from '#test/oracle/ladder';
import { factsOf, type Life } from '#test/oracle/life';
import type { OracleModel, Program } from '#test/oracle/model';
import { inOrder, isExcluded, type Reported } from '#test/oracle/reported';

/** A step of a program that fell due. */
export interface Send {
  readonly lead: string;
  readonly program: string;
  readonly step: string;
  readonly at: number;
  /** Why it must not be sent; null: it is sent. */
  readonly suppressedBy: string | null;
}

/** What happened to a lead: the behaviour at hand, if any, and what became of its stage. */
export interface Happening {
  readonly at: number;
  readonly event: Reported | undefined;
  readonly historic: boolean;
  readonly steps: readonly StageStep[];
}

/** Enters and leaves programs, and gives the steps that are due by then. */
export function runPrograms(life: Life, happening: Happening, { programs }: OracleModel): readonly Send[] {
  const { at, event, historic } = happening;
  return programs.flatMap((program) => {
    if (event !== undefined) leave(life, program, event, at);
    if (enters(life, program, happening)) {
      life.enrolments.set(program.id, { at, historic, done: 0 });
      life.entered.set(program.id, at);
    }
    return dueBy(life, program, at);
  });
}

/**
 * A behaviour that ends a program; of excluded ones only an opt-out is heeded. An opt-out ends it if the lead may not be mailed
 * then: one of another channel, or one that was taken back later, ends nothing.
 */
export function leave(life: Life, { id, exitOn }: Program, event: Reported, at: number): void {
  if (!exitOn.has(event.name)) return;
  const isHeard = event.name === 'unsubscribed' ? !mayMail(factsOf(life, at)) : !isExcluded(event);
  if (isHeard) life.enrolments.delete(id);
}

function enters(life: Life, program: Program, { at, event, steps }: Happening): boolean {
  if (!program.audience.has(life.stage) || life.enrolments.has(program.id)) return false;
  const last = life.entered.get(program.id);
  if (last !== undefined && at - last < program.again) return false;
  if (program.stage !== undefined) return steps.some(({ to }) => to === program.stage);
  return event !== undefined && isOftenEnough(life, program, event);
}

/** Whether it is at least the n-th such within the time, by when they occurred. */
function isOftenEnough(life: Life, { enter }: Program, event: Reported): boolean {
  const matches = (one: Reported) => !isExcluded(one) && enter.on.includes(one.name) && holdsOf(enter.where, one);
  if (!matches(event)) return false;
  const such = life.events.filter(
    (one) => matches(one) && inOrder(one, event) <= 0 && event.at - one.at <= enter.within,
  );
  return enter.times === 1 || such.length >= enter.times;
}

function dueBy(life: Life, program: Program, now: number): readonly Send[] {
  const sends: Send[] = [];
  for (;;) {
    const enrolment = life.enrolments.get(program.id);
    const step = enrolment === undefined ? undefined : program.steps[enrolment.done];
    if (enrolment === undefined) return sends;
    if (step === undefined) {
      life.enrolments.delete(program.id);
      return sends;
    }
    const at = enrolment.at + step.after;
    if (at > now) return sends;
    if (!program.audience.has(life.stage)) {
      life.enrolments.delete(program.id);
      return sends;
    }
    enrolment.done += 1;
    const suppressedBy = enrolment.historic ? 'historic' : step.channel === 'mail' ? closedTo(life, at) : null;
    sends.push({ lead: life.lead, program: program.id, step: step.id, at, suppressedBy });
  }
}

/** Why no mail may go to the lead at a time. */
function closedTo(life: Life, at: number): string | null {
  const facts = factsOf(life, at);
  if (!mayMail(facts)) return 'unsubscribed';
  return facts.email === null ? 'no_address' : facts.closed;
}
