import { NOBODY } from '#lib/facts/facts';
import type { Decided, Decider, Decision } from '#lib/flow/decider';
import { FlowError } from '#lib/flow/errors';
import { type LogRecord, Undecodable } from '#lib/flow/log';
import type { Hash } from '#lib/flow/ports';
import type { TableReader } from '#lib/flow/store';
import { Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel, Model } from '#lib/model/model';
import { occasionOf } from '#lib/model/occasion';
import type { Handoff, ModelApplied, Staged, Story } from '#schemas/generated/records';
import { type HandoffMessage, type StageMessage, TOPICS } from '#schemas/topics';
import { placeOf } from '#services/handoff/place';
import { nextRep } from '#services/handoff/rotation';
import { answeredUpTo, evolve, governingIn, ownerIn, seqOf, turnIn } from '#services/handoff/state';

type Input = LogRecord<StageMessage>;
type Output = Decided<HandoffMessage>;

const NOTHING: readonly Output[] = [];
/** What nearly every record leads to. */
const PASSED: Decision<HandoffMessage> = { records: NOTHING, done: true };
const NO_STORY: Story = { activities: [], contributions: [] };

/**
 * lead.stages → lead.handoffs: which representative gets a lead. What later decisions need is in its own outputs: whose
 * turn it is, and the model that routes (written once). It goes by the order of all partitions and reads no clock: the log
 * alone decides, whatever the number of partitions.
 */
export function createHandoffDecider(deps: {
  readonly hash: Hash;
  readonly compile: CompileModel;
}): Decider<StageMessage, HandoffMessage> {
  const models = new Models(deps.compile);

  function onStaged(state: TableReader, staged: Staged, input: Input, now: number): readonly Output[] {
    const join = staged.scored?.join_closed ?? null;
    if (join !== null) return onJoin(state, join.from_lead_id, staged, input, now);
    if (staged.moves.length === 0) return NOTHING;
    const model = models.current(governingIn(state)?.inForce ?? NO_MODEL);
    if (model === undefined || input.offset <= answeredUpTo(state, input.partition)) return NOTHING;
    if (!isFor(staged, model)) return NOTHING;
    const value = handoff(state, staged, { input, now }, model, deps.hash);
    return [
      { topic: TOPICS.handoffs, partition: input.partition, key: staged.lead_id, value: { type: 'Handoff', value } },
    ];
  }

  /** Whoever knows one of two leads that are joined, or were parted, knows the other, unless somebody else does. */
  function onJoin(state: TableReader, from: string, { lead_id }: Staged, input: Input, now: number): readonly Output[] {
    const { partition, offset } = input;
    const rep = ownerIn(state, from);
    if (rep === undefined || ownerIn(state, lead_id) !== undefined) return NOTHING;
    if (offset <= answeredUpTo(state, partition)) return NOTHING;
    const { seq, loggedAt } = turnIn(state);
    const answers = { input_partition: partition, input_offset: offset };
    const times = { handoff_seq: seq + 1, logged_at: Math.max(loggedAt, now) };
    const value = { ...times, lead_id, from_lead_id: from, rep, ...answers };
    return [{ topic: TOPICS.handoffs, partition, key: lead_id, value: { type: 'OwnerPassed', value } }];
  }

  function decided(state: TableReader, input: Input, now: number): readonly Output[] {
    if (input.value instanceof Undecodable) throw unreadable(input, input.value);
    const { type, value } = input.value;
    switch (type) {
      case 'Tick':
      case 'Watermark':
      case 'Cost':
        return NOTHING;
      case 'ModelApplied':
        return onModel(state, value);
      case 'Staged':
        return onStaged(state, value, input, now);
    }
  }

  return {
    name: 'handoff',
    placeOf,
    decide(state, input, now) {
      const records = decided(state, input, now);
      return records === NOTHING ? PASSED : { records, done: true };
    },
    tick: () => NOTHING,
    evolve,
    seqOf,
    undecodable: (input, value) => {
      throw unreadable(input, value);
    },
  };
}

/** Whether a lead that moves is one for sales. */
function isFor({ moves, stage_after }: Staged, model: Model): boolean {
  const { onStage } = model.routing;
  if (!moves.some((move) => move.to_stage === onStage)) return false;
  return stage_after === onStage || model.stages.ladder.includes(stage_after);
}

function onModel(state: TableReader, applied: ModelApplied): readonly Output[] {
  const submittedAt = governingIn(state)?.submittedAt ?? -1;
  if (applied.input_offset <= submittedAt) return NOTHING;
  const turn = turnIn(state);
  const value = { ...applied, seq: turn.seq + 1, logged_at: Math.max(turn.loggedAt, applied.logged_at) };
  return [{ topic: TOPICS.handoffs, partition: 'all', key: null, value: { type: 'ModelApplied', value } }];
}

/** A lead goes to whoever knows it, as long as that one is there; else to whose turn it is. */
function handoff(
  state: TableReader,
  staged: Staged,
  { input, now }: { readonly input: Input; readonly now: number },
  model: Model,
  hash: Hash,
): Handoff {
  const { routing } = model;
  const turn = turnIn(state);
  const owner = ownerIn(state, staged.lead_id);
  const rep = routing.reps.find(({ id }) => id === owner) ?? nextRep(routing.reps, turn.rep);
  return {
    handoff_id: hash(JSON.stringify([staged.lead_id, occasionOf(staged)])),
    handoff_seq: turn.seq + 1,
    logged_at: Math.max(turn.loggedAt, now),
    lead_id: staged.lead_id,
    rep: rep?.id ?? '',
    reason: routing.reason,
    at: staged.at,
    cause_id: staged.cause_id,
    score: staged.score,
    input_partition: input.partition,
    input_offset: input.offset,
    suppressed_by: suppression(staged, rep !== undefined),
    story: staged.story ?? NO_STORY,
    personal: staged.facts?.personal ?? NOBODY,
  };
}

/** A suppressed handoff takes a turn like any other. */
function suppression(staged: Staged, hasRep: boolean): string | null {
  if (staged.historic) return 'historic';
  return hasRep ? null : 'no_rep';
}

/** Kept topics are written by Leadstream alone: an unreadable record is no publisher's mistake. */
function unreadable(input: Input, value: Undecodable): FlowError {
  return new FlowError(
    'undecodable',
    `${input.topic} partition ${input.partition} offset ${input.offset} cannot be read: ${value.reason}; ` +
      'upgrade this instance or restore the topic',
    { retriable: false },
  );
}
