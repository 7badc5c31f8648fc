import { NO_FACTS } from '#lib/facts/facts';
import { drive } from '#lib/flow/drive';
import { leadState } from '#lib/flow/leads';
import type { AnyFold } from '#lib/flow/topology';
import type { Program } from '#lib/model/model';
import type { Activity, Staged, Trigger } from '#schemas/generated/records';
import { type StageMessage, TOPICS } from '#schemas/topics';
import { ADA, activity, compileOf, HOUR, program, scored, staged } from '#services/trigger/given';
import { kept, type TriggerState } from '#services/trigger/state';
import { createTriggerTopology } from '#services/trigger/topology';
import { NOON } from '#test/given/activity';
import { createFactsBook } from '#test/given/facts-of';

/** Where the tests of this service take place. */

/** The real topology in memory, one partition; seq counts its input. */
export function createWorld(
  versions: { readonly [version: string]: readonly Program[] },
  wrap: (fold: AnyFold) => AnyFold = (fold) => fold,
) {
  const topology = createTriggerTopology({ hash: (text) => text, compile: compileOf(versions) });
  const world = drive([{ ...topology, fold: wrap(topology.fold) }], () => 1);
  let seq = 0;

  function publish(message: StageMessage): void {
    world.publish(TOPICS.stages, message, 0, 0, message.type === 'Staged' ? message.value.lead_id : null);
  }

  const book = createFactsBook();
  const told = new Set<string>();

  /** A lead is ada@example.com unless its record says otherwise; what it said on consent, its activities tell. */
  function record(over: Partial<Staged>): void {
    seq += 1;
    const value = book(staged({ ...over, seq, facts: null }));
    const isNew = !told.has(value.lead_id) || over.facts != null;
    told.add(value.lead_id);
    const facts = value.facts ?? (isNew ? NO_FACTS : null);
    const personal = over.facts?.personal ?? ADA;
    publish({ type: 'Staged', value: { ...value, facts: facts === null ? null : { ...facts, personal } } });
  }

  const memory = (lead: string): unknown => leadState(world.table('trigger', 0), 0, lead);

  return {
    applies(version: string, at: number): void {
      seq += 1;
      const value = {
        seq,
        logged_at: at,
        model_version: version,
        files: { version },
        input_offset: seq,
        own_time: false,
        identity_key: null,
      };
      publish({ type: 'ModelApplied', value });
    },
    /** A wide fact, as given. */
    record,
    /** An activity, logged when it occurred unless told. */
    does(event: Partial<Activity>, over: Partial<Staged> = {}): void {
      const done = activity(event);
      record({
        at: done.occurred_at,
        scored: scored({ activity: done }),
        cause_id: done.event_id,
        historic: done.cause === 'historic',
        ...over,
      });
    },
    movesOut(event: Partial<Activity>, at: number, lead_id = 'ada'): void {
      const { publisher, event_id, name, occurred_at } = activity(event);
      const moved = { seq, logged_at: at, lead_id, to_lead_id: 'zoe', cause_event_id: 'x', input_offset: 0 };
      const moved_out = { ...moved, publisher, event_id, name, occurred_at };
      record({ at, lead_id, scored: scored({ cause: 'moved_out', moved_out }), cause_id: event_id });
    },
    merges(at: number, lead_id = 'ada'): void {
      const merged = { seq, logged_at: at, lead_id, into_lead_id: 'zoe', cause_event_id: 'x', input_offset: 0 };
      record({ at, lead_id, scored: scored({ cause: 'merged', merged }), cause_id: 'x', stage_after: '' });
    },
    /** Time passes: a tick of all partitions. */
    passes(at: number): void {
      seq += 1;
      publish({ type: 'Tick', value: { seq, logged_at: at, own_time: false, identity_key: null, import_id: null } });
    },
    triggers: (): readonly Trigger[] => world.records(TOPICS.triggers).flatMap(({ value }) => triggerOf(value)),
    /** Each trigger in short: step, and why it is suppressed. */
    steps: (): readonly string[] =>
      world
        .records(TOPICS.triggers)
        .flatMap(({ value }) => triggerOf(value))
        .map(({ step, suppressed_by }) => (suppressed_by === null ? step : `${step} (${suppressed_by})`)),
    /** What the task's table holds of a lead. */
    memory,
    /** Whether it holds anything of a lead beside what is true of it. */
    remembers: (lead: string): boolean => {
      const state = memory(lead) as TriggerState | undefined;
      return state !== undefined && kept(undefined, { ...state, facts: NO_FACTS }) !== undefined;
    },
  };
}

function triggerOf(value: unknown): readonly Trigger[] {
  return isTrigger(value) ? [value.value] : [];
}

function isTrigger(message: unknown): message is { readonly type: 'Trigger'; readonly value: Trigger } {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'Trigger';
}

/** A world in which these programs have governed for an hour. */
export function given(...programs: readonly Partial<Program>[]) {
  const world = createWorld({ v1: programs.map((over) => program(over)) });
  world.applies('v1', NOON - HOUR);
  return world;
}
