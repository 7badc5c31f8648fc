import { isDeepStrictEqual } from 'node:util';
import type { Log } from '#lib/flow/log';
import type { Cost, Facts, Handoff, Seen, Staged, Trigger } from '#schemas/generated/records';
import { type HandoffMessage, type StageMessage, TOPICS, type TriggerMessage } from '#schemas/topics';
import { recordsIn } from '#test/kafka/records';

/** What a log says of everybody at its end, each list in order of leads: the same on any log and any number of partitions. */
export interface LastWords {
  /** What is true of each, and what it has done so far. */
  readonly facts: readonly (readonly [lead: string, Facts])[];
  readonly seen: readonly (readonly [lead: string, Seen])[];
  /** The score, when it was so, and the grade. */
  readonly scores: readonly (readonly [lead: string, score: number, at: number, grade: string])[];
  /** The stage that each is in, empty if merged away, and every move into one. */
  readonly stages: readonly (readonly [lead: string, stage: string])[];
  readonly moves: readonly (readonly [lead: string, moves: Staged['moves']])[];
  /** What was spent, as each partition says it; one list where all of them say the same. */
  readonly costs: readonly (readonly Cost[])[];
  /** In order of their ids, without their place in the log and its time. */
  readonly triggers: readonly Omit<Trigger, OfTheLog>[];
  /** In the order in which they were decided, without their place in the log. */
  readonly handoffs: readonly Omit<Handoff, 'input_partition' | 'input_offset'>[];
}

type OfTheLog = 'seq' | 'step_no' | 'logged_at';

/** Reads lead.stages, lead.triggers and lead.handoffs to their ends. */
export async function lastWords(log: Log): Promise<LastWords> {
  const facts = new Map<string, Facts>();
  const seen = new Map<string, Seen>();
  const scores = new Map<string, [score: number, at: number, grade: string]>();
  const stages = new Map<string, string>();
  const moves = new Map<string, Staged['moves']>();
  const costs = Array.from({ length: log.partitions(TOPICS.stages) }, (): Cost[] => []);
  for (const { partition, value: message } of await recordsIn<StageMessage>(log, TOPICS.stages)) {
    if (message.type === 'Cost') costs[partition]?.push(message.value);
    if (message.type !== 'Staged') continue;
    const { lead_id, scored, ...staged } = message.value;
    if (staged.facts !== null) facts.set(lead_id, staged.facts);
    if (scored !== null) seen.set(lead_id, scored.seen);
    scores.set(lead_id, [staged.score, staged.score_at, staged.grade]);
    stages.set(lead_id, staged.stage_after);
    moves.set(lead_id, [...(moves.get(lead_id) ?? []), ...staged.moves]);
  }
  const triggers = await recordsIn<TriggerMessage>(log, TOPICS.triggers);
  const handoffs = await recordsIn<HandoffMessage>(log, TOPICS.handoffs);
  return {
    facts: inOrder(facts),
    seen: inOrder(seen),
    scores: inOrder(scores).map(([lead, score]) => [lead, ...score]),
    stages: inOrder(stages),
    moves: inOrder(moves),
    costs: costs.filter((one, i) => i === 0 || !isDeepStrictEqual(one, costs[0])),
    triggers: triggers
      .map(({ value }) => withoutPlace(value.value))
      .sort((a, b) => (a.trigger_id < b.trigger_id ? -1 : 1)),
    handoffs: handoffs
      .flatMap(({ value: message }) => {
        if (message.type !== 'Handoff') return [];
        const { input_partition, input_offset, ...rest } = message.value;
        return [rest];
      })
      .sort((a, b) => a.handoff_seq - b.handoff_seq),
  };
}

function withoutPlace({ seq: _seq, step_no: _step, logged_at: _at, ...rest }: Trigger): Omit<Trigger, OfTheLog> {
  return rest;
}

function inOrder<Value>(byLead: ReadonlyMap<string, Value>): (readonly [lead: string, Value])[] {
  return [...byLead].sort(([a], [b]) => (a < b ? -1 : 1));
}
