import { DeciderMachine } from '#lib/flow/decider-machine';
import { type LogRecord, type Outgoing, Undecodable } from '#lib/flow/log';
import { Overlay } from '#lib/flow/table';
import { USUAL_IDENTITY } from '#lib/model/identity';
import type { CompileModel, Model } from '#lib/model/model';
import type { Handoff, Staged } from '#schemas/generated/records';
import { type HandoffMessage, type StageMessage, TOPICS } from '#schemas/topics';
import { createHandoffTopology } from '#services/handoff/topology';
import { NO_LADDER, NO_SCORING, stageMove } from '#test/given/model';

/** What the tests of this service are given. */

/** Noon of 1 March 2024, UTC. */
export const NOON = Date.UTC(2024, 2, 1, 12);

/** Files that compile to a routing: the stage that hands over, and the representatives' ids. */
export function files(version: string, reps: readonly string[], onStage = 'mql'): { readonly [path: string]: string } {
  return { version, onStage, reps: reps.join(' ') };
}

export const compile: CompileModel = ({ version = '', onStage = '', reps = '' }) => {
  if (onStage === '') {
    return { ok: false, faults: [{ file: 'routing.yaml', line: 2, problem: 'no stage', remedy: 'name a stage' }] };
  }
  const ids = reps.split(' ').filter((id) => id !== '');
  const model: Model = {
    version,
    engine: 4,
    scoring: NO_SCORING,
    stages: { ...NO_LADDER, ladder: ['visitor', 'lead', 'mql', 'sql'] },
    programs: [],
    identity: USUAL_IDENTITY,
    routing: {
      onStage,
      reason: 'ready for sales',
      reps: ids.map((id) => ({ id, name: id, email: `${id}@example.com` })),
    },
  };
  return { ok: true, model };
};

/** A model's record as it stands in every partition of lead.stages; submissions are numbered by `nth`. */
export function applied(nth: number, modelFiles: { readonly [path: string]: string }, at = NOON): StageMessage {
  const model_version = modelFiles.version ?? '';
  const value = {
    seq: 100 * nth,
    logged_at: at,
    model_version,
    files: modelFiles,
    input_offset: 10 * nth,
    own_time: false,
    identity_key: null,
  };
  return { type: 'ModelApplied', value };
}

/** A lead that stays what it is. */
export function stays(lead: string, over: Partial<Staged> = {}): StageMessage {
  return {
    type: 'Staged',
    value: {
      seq: 1,
      step: 0,
      logged_at: NOON,
      lead_id: lead,
      scored: null,
      cause_id: `cause of ${lead}`,
      at: NOON,
      historic: false,
      known: true,
      stage_before: 'lead',
      stage_after: 'lead',
      moves: [],
      score: 50,
      story: null,
      due_at: null,
      grade: '',
      score_at: NOON,
      facts: null,
      decisions: null,
      ...over,
    },
  };
}

/** Time passes: in every partition, so that all before it is complete. */
export function tick(seq: number, at = NOON): StageMessage {
  return { type: 'Tick', value: { seq, logged_at: at, own_time: false, identity_key: null, import_id: null } };
}

/** A lead that enters a stage. */
export function enters(lead: string, over: Partial<Staged> = {}, stage = 'mql'): StageMessage {
  const moves = [stageMove({ from_stage: 'lead', to_stage: stage, reason: 'score 50', at: NOON })];
  return stays(lead, { stage_after: stage, moves, ...over });
}

export function inputs(partition: number, values: readonly StageMessage[]): readonly LogRecord<StageMessage>[] {
  return values.map((value, offset) => ({
    topic: TOPICS.stages,
    partition,
    offset,
    key: value.type === 'Staged' ? value.value.lead_id : null,
    value,
  }));
}

/** The decider on the real machine, resuming from what it has written. */
export function createDesk(partitions: number, written: readonly HandoffMessage[] = []) {
  const { decider } = createHandoffTopology({ hash: (text) => text, compile });
  const machine = new DeciderMachine(decider, () => partitions, new Overlay());
  for (const output of written) machine.evolve(output);
  return {
    decides(...records: readonly LogRecord<StageMessage>[]): void {
      for (const record of records) while (machine.decide(record, loggedAtOf(record)) === 'more');
    },
    outgoing: (): readonly Outgoing[] => machine.outputs,
    /** Outputs in order, copies once. */
    outputs: (): readonly HandoffMessage[] => [...new Set(machine.outputs.map(({ value }) => value).filter(isOutput))],
    handoffs: (): readonly Handoff[] => machine.outputs.flatMap(({ value }) => handoffOf(value)),
  };
}

function loggedAtOf({ value }: LogRecord<StageMessage>): number {
  return value instanceof Undecodable ? 0 : value.value.logged_at;
}

function handoffOf(value: unknown): readonly Handoff[] {
  return isOutput(value) && value.type === 'Handoff' ? [value.value] : [];
}

function isOutput(value: unknown): value is HandoffMessage {
  return typeof value === 'object' && value !== null && 'type' in value;
}
