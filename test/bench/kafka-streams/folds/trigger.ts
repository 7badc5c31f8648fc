import { NO_FACTS } from '#lib/facts/facts';
import type { Fold } from '#lib/flow/fold';
import type { Trigger } from '#schemas/generated/records';
import type { Message } from '#schemas/topics';
import { LEVELS, MODEL, TRIGGER_PAUSE } from '#test/bench/kafka-streams/folds/rules';
import type { StagedRecord } from '#test/bench/kafka-streams/folds/stage';

export interface TriggerState {
  /** When the last trigger was due, ms. */
  readonly last: number;
}

export type TriggerRecord = Message<'Trigger', Trigger>;

/** One Trigger when a stage is entered from below, unless the lead has had one lately. */
export const trigger: Fold<TriggerState, StagedRecord, TriggerRecord, null> = {
  name: 'bench-trigger',
  describe: ({ value }) => ({ key: value.lead_id, seq: value.seq, loggedAt: value.logged_at }),
  keyOf: ({ value }) => value.lead_id,
  initialShared: null,
  broadcast: (shared) => ({ shared, pass: undefined }),
  step(before, { value: staged }, { step }) {
    const { seq, logged_at, lead_id, stage_before, stage_after, cause_id, at, facts } = staged;
    const entered = rank(stage_after) > rank(stage_before);
    if (!entered || (before !== undefined && at - before.last < TRIGGER_PAUSE)) return { state: before, emit: [] };
    const value: Trigger = {
      trigger_id: `${lead_id}/${stage_after}/${cause_id}`,
      seq,
      step_no: step,
      logged_at,
      lead_id,
      program: 'welcome',
      model_version: MODEL,
      step: stage_after,
      channel: 'mail',
      template: 'stage_entered',
      at,
      cause_id,
      suppressed_by: null,
      personal: (facts ?? NO_FACTS).personal,
      due_at: null,
    };
    return { state: { last: at }, emit: [{ type: 'Trigger', value }] };
  },
  wake: (state) => ({ state, emit: [] }),
};

function rank(name: string): number {
  return LEVELS.findIndex(({ stage }) => stage === name);
}
