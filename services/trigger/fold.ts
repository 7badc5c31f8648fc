import type { Fold, Step, StepContext } from '#lib/flow/fold';
import type { Hash } from '#lib/flow/ports';
import { cameAt, isHeld, present, reopened, waiting } from '#lib/model/held';
import { applied, type InForce, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel, Program } from '#lib/model/model';
import type { Staged } from '#schemas/generated/records';
import type { JoinMessage, StageMessage, TriggerMessage } from '#schemas/topics';
import { advance, type DueStep, endedAt } from '#services/trigger/advance';
import { entries } from '#services/trigger/enter';
import { goingOn } from '#services/trigger/exit';
import { type Fact, factOf, isJudged } from '#services/trigger/fact';
import { answerOf, ended, joinedWith, leaving, released } from '#services/trigger/joins';
import { noted } from '#services/trigger/noted';
import { triggers } from '#services/trigger/record';
import { withSent } from '#services/trigger/sends';
import { type Enrolment, kept, NOTHING, nextWake, type Running, type TriggerState } from '#services/trigger/state';
import { openAfter } from '#services/trigger/windows';

type Context = StepContext<InForce>;
type Output = TriggerMessage | JoinMessage;
type TriggerStep = Step<TriggerState, Output>;

/** A lead in the middle of a step: its memory, with the programs it is in apart. */
interface Lead {
  readonly before: TriggerState | undefined;
  readonly memory: TriggerState;
  readonly running: Running;
}

/**
 * lead.stages → lead.triggers: leads enter programs, and the programs' steps fall due. Who is asked what was decided about it
 * answers in lead.joins.
 */
export function createTriggerFold(deps: {
  readonly hash: Hash;
  readonly compile: CompileModel;
}): Fold<TriggerState, StageMessage, Output, InForce> {
  const models = new Models(deps.compile);

  /** The program as it was on entry. */
  function programOf(inForce: InForce, enrolment: Enrolment): Program | undefined {
    return models.of(inForce, enrolment.modelVersion).programs.find((program) => program.id === enrolment.program);
  }

  /** Its file is gone from the model in force: it ends for whoever is in it. */
  function isDeleted(inForce: InForce, { program }: Enrolment): boolean {
    return models.current(inForce)?.programs.some(({ id }) => id === program) === false;
  }

  function onStaged(before: TriggerState | undefined, staged: Staged, context: Context): TriggerStep {
    const fact = factOf(staged);
    const lead = knowing(before, staged);
    switch (fact.kind) {
      case 'merged':
        return resting(before, before === undefined ? NOTHING : ended(before), timeOf(staged));
      case 'asked':
        return {
          ...resting(before, leaving(lead, fact.join), timeOf(staged)),
          emit: [answerOf(lead, staged, fact.join)],
        };
      case 'waits':
        return resting(before, waiting(present(lead)), timeOf(staged));
      case 'joined':
        return resting(before, joinedWith(lead, fact.join, staged.stage_after), timeOf(staged));
      case 'released':
        return resting(before, released(lead), timeOf(staged));
      default:
        return before === undefined && !staged.known
          ? { state: undefined, emit: [] }
          : onFact(before, reopened(lead), fact, staged, context);
    }
  }

  function onFact(
    before: TriggerState | undefined,
    known: TriggerState,
    fact: Fact,
    staged: Staged,
    context: Context,
  ): TriggerStep {
    const overdue = before === undefined ? undefined : overdueAt(before, momentOf(fact, staged));
    if (overdue !== undefined) return catchingUp(overdue, fact, staged, context);
    const model = models.current(context.shared);
    const memory = noted(known, fact, model, context.loggedAt);
    const enrolled = memory.running?.enrolments ?? NONE;
    const staying = goingOn(enrolled, fact, memory.facts, (one) => programOf(context.shared, one));
    const held = isHeld(memory);
    const deleted = held ? NONE : staying.filter((one) => isDeleted(context.shared, one));
    const activity = 'activity' in fact ? fact.activity : undefined;
    const entered =
      model !== undefined && isJudged(fact) && !held ? entries(memory, staying, staged, activity, model) : NONE;
    const running = runningOn(memory.running, staged, entered.length === 0 ? staying : [...staying, ...entered]);
    if (entered.length + deleted.length === 0) return resting(before, { ...memory, running }, timeOf(staged));
    const lead = { before, memory: remembering(memory, entered), running };
    return moveOn(lead, [...entered, ...deleted], { until: staged.at, dueAt: staged.due_at }, context, timeOf(staged));
  }

  /** What fell due while the lead waited, before this came, is judged before it, on what was true then. */
  function catchingUp({ lead, until }: Overdue, fact: Fact, staged: Staged, context: Context): TriggerStep {
    const first = moveOn(lead, lead.running.enrolments, { until, dueAt: staged.due_at }, context);
    const { key, seq, step, loggedAt, shared, items } = context;
    const after = { key, seq, step: step + first.emit.length, loggedAt, shared, items };
    const then = onFact(first.state, reopened(knowing(first.state, staged)), fact, staged, after);
    return { ...then, emit: [...first.emit, ...then.emit] };
  }

  /**
   * Takes those of `moving` through their steps due by `until`, and settles what is left to remember. `dueAt`: when the
   * wake-up was due that leads to this. It is woken next at `earliest`, or later.
   */
  function moveOn(
    lead: Lead,
    moving: readonly Enrolment[],
    { until, dueAt }: { readonly until: number; readonly dueAt: number | null },
    context: Context,
    earliest?: number,
  ): TriggerStep {
    const { before, memory, running } = lead;
    const recipient = { stage: running.stage, facts: memory.facts, sends: memory.sends };
    const { personal } = memory.facts;
    const enrolments: Enrolment[] = [];
    const due: DueStep[] = [];
    for (const enrolment of running.enrolments) {
      const program = programOf(context.shared, enrolment);
      const { left, due: steps } = !moving.includes(enrolment)
        ? { left: enrolment, due: [] }
        : isDeleted(context.shared, enrolment)
          ? endedAt(enrolment, program, until)
          : advance(enrolment, program, recipient, until, context.loggedAt);
      if (left !== undefined) enrolments.push(left);
      due.push(...steps);
    }
    const values = triggers(due, personal, dueAt, context, deps.hash);
    const sent = withSent(memory.sent, values, personal.email);
    const state = kept(before, { ...memory, sent, running: { ...running, enrolments } });
    return { state, emit: values.map((value) => ({ type: 'Trigger', value })), wakeAt: nextWake(state, earliest) };
  }

  return {
    name: 'trigger',
    describe: ({ type, value }) => ({
      key: type === 'Staged' ? value.lead_id : null,
      seq: value.seq,
      loggedAt: value.logged_at,
      dueAt: type === 'Staged' ? value.due_at : null,
    }),
    keyOf: ({ value }) => value.lead_id,
    initialShared: NO_MODEL,
    broadcast: (shared, { type, value }) => ({
      shared: type === 'ModelApplied' ? applied(shared, value) : shared,
      pass: undefined,
    }),
    step(state, { type, value }, context) {
      if (type !== 'Staged') throw new Error(`${type} concerns all leads: no step of one`);
      return onStaged(state, value, context);
    },
    wake(before, due, context) {
      const memory = { ...before, windows: openAfter(before.windows, due) };
      if (before.running === null) return resting(before, memory);
      const lead = { before, memory, running: before.running };
      return moveOn(lead, before.running.enrolments, { until: due, dueAt: due }, context);
    },
  };
}

const NONE: readonly Enrolment[] = [];

/** The lead with what is true of it now. */
function knowing(before: TriggerState = NOTHING, { facts }: Staged): TriggerState {
  return facts === null ? before : { ...before, facts };
}

/** The lead as known now, with the programs it is in; the same object if it stands there as before. */
function runningOn(before: Running | null, staged: Staged, enrolments: readonly Enrolment[]): Running {
  const { stage_after: stage } = staged;
  return before?.stage === stage && before.enrolments === enrolments ? before : { stage, enrolments };
}

/** No step is due: there is only the memory to keep. */
function resting(before: TriggerState | undefined, memory: TriggerState, earliest?: number): TriggerStep {
  const state = kept(before, memory);
  return { state, emit: [], wakeAt: state === undefined || isHeld(state) ? undefined : nextWake(state, earliest) };
}

/** Up to when wake-ups have run before a record. What is overdue then comes after all records of that moment. */
function timeOf({ due_at, logged_at }: Staged): number {
  return due_at ?? logged_at;
}

/** Steps of a lead that are due by a time and have not run. */
interface Overdue {
  readonly lead: Lead;
  readonly until: number;
}

/** A lead's steps that were due before a moment; undefined: there are none. */
function overdueAt(before: TriggerState, moment: number): Overdue | undefined {
  const { running } = before;
  if (running === null || isHeld(before) || !running.enrolments.some(({ dueAt }) => dueAt < moment)) return undefined;
  return { lead: { before, memory: before, running }, until: moment - 1 };
}

/** When what a record tells came: of an event that has waited, before it was logged. */
function momentOf(fact: Fact, staged: Staged): number {
  const activity = fact.kind === 'activity' ? fact.activity : fact.kind === 'excluded' ? fact.excluded : undefined;
  if (activity !== undefined) return cameAt(activity, staged.logged_at);
  return fact.kind === 'wake' ? staged.at : -Infinity;
}

/** Notes when programs were entered. */
function remembering(memory: TriggerState, entered: readonly Enrolment[]): TriggerState {
  if (entered.length === 0) return memory;
  const times = Object.fromEntries(entered.map((one) => [one.program, one.enteredAt]));
  return { ...memory, entered: { ...memory.entered, ...times } };
}
