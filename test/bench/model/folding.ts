import type { AnyFold } from '#lib/flow/topology';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { createScoreTopology } from '#services/score/topology';
import { createStageTopology } from '#services/stage/topology';
import { type ActivityRecord, activities } from '#test/bench/kafka-streams/input/activities';
import { modelWith, type RulesGiven } from '#test/bench/model/rules';

export interface Folding {
  /** Runs the folds over the events once, from nothing. Returns events/s from the event numbered `since` on. */
  run(since?: number): number;
  /** Of each lead, after a run. */
  states(): Iterable<unknown>;
}

/** Folds over maps, one after another: what deciding costs, without log and store. */
export async function folding(
  given: RulesGiven,
  chain: 'score' | 'score and stage',
  events: number,
  leads: number,
): Promise<Folding> {
  const { version, files } = await modelWith(given);
  const ports = { compile: createCompiler(), hash: sha256 };
  const folds: AnyFold[] = [createScoreTopology(ports).fold];
  if (chain === 'score and stage') folds.push(createStageTopology(ports).fold);
  const records: ActivityRecord[] = Array.from(activities(events, leads));
  const applied = { type: 'ModelApplied', value: { seq: 0, logged_at: 0, model_version: version, files } };
  const shared = folds.map((fold) => fold.broadcast(fold.initialShared, applied).shared);
  let states = folds.map(() => new Map<string, unknown>());

  function step(level: number, record: unknown): void {
    const fold = folds[level];
    if (fold === undefined) return;
    const { key, seq, loggedAt } = fold.describe(record);
    if (key === null) return;
    const context = { key, seq, step: 0, loggedAt, shared: shared[level], items: NO_ITEMS };
    const { state, emit } = fold.step(states[level]?.get(key), record, context);
    states[level]?.set(key, state);
    for (const output of emit) step(level + 1, output);
  }

  return {
    run(since = 0) {
      states = folds.map(() => new Map<string, unknown>());
      for (const record of records.slice(0, since)) step(0, record);
      const began = performance.now();
      for (const record of records.slice(since)) step(0, record);
      return (1000 * (events - since)) / (performance.now() - began);
    },
    states: () => states[0]?.values() ?? [],
  };
}

const NO_ITEMS = { get: () => undefined, range: () => [], reverseRange: () => [] };
