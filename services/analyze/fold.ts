import type { TableRow } from '#lib/clickhouse/row';
import type { Fold, Step, StepContext } from '#lib/flow/fold';
import type { Hash } from '#lib/flow/ports';
import { applied, Models, NO_MODEL } from '#lib/model/in-force';
import type { CompileModel } from '#lib/model/model';
import type { Staged } from '#schemas/generated/records';
import type { DeadLetterMessage, HandoffMessage, StageMessage, TriggerMessage } from '#schemas/topics';
import { activityCounting } from '#services/analyze/counted-activities';
import { costRow, deadLetterRow, handoffRow, triggerRow } from '#services/analyze/decisions';
import { counterChanges } from '#services/analyze/funnel';
import { type Governing, governing, ladderRow, NOTHING_GOVERNS } from '#services/analyze/ladder';
import { evolveLead, isPresent, type LeadState } from '#services/analyze/lead';
import { activityRow, joinRow, leadRow, scoreChangeRow, stageChangeRows } from '#services/analyze/rows';

export interface AnalyzeFolds {
  readonly stages: Fold<LeadState, StageMessage, TableRow, Governing>;
  readonly triggers: Fold<null, TriggerMessage, TableRow, null>;
  readonly handoffs: Fold<null, HandoffMessage, TableRow, null>;
  readonly deadLetters: Fold<null, DeadLetterMessage, TableRow, null>;
}

export interface AnalyzeDeps {
  readonly hash: Hash;
  readonly compile: CompileModel;
}

/** Turns what happened and what was decided into the rows that analysts read. */
export function createAnalyzeFolds({ hash, compile }: AnalyzeDeps): AnalyzeFolds {
  const models = new Models(compile);
  return {
    stages: {
      name: 'analyze-stages',
      describe: ({ type, value }) => ({
        key: type === 'Staged' ? value.lead_id : null,
        seq: value.seq,
        loggedAt: value.logged_at,
      }),
      ...ROWS,
      // A stage counts as reached by the ladder in force at the record.
      initialShared: NOTHING_GOVERNS,
      broadcast(before, { type, value }) {
        if (type === 'Cost') return { shared: before, pass: costRow(value) };
        if (type !== 'ModelApplied') return { shared: before, pass: undefined };
        const model = models.of(applied(NO_MODEL, value), value.model_version);
        const shared = governing(model, hash);
        return { shared, pass: ladderRow(value, model.stages, shared) };
      },
      step: (lead, message, context) =>
        message.type === 'Staged' ? stagedStep(hash, lead, message.value, context) : { state: lead, emit: [] },
    },
    triggers: recordFold(
      'analyze-triggers',
      ({ value }) => ({ key: value.lead_id, seq: value.seq, loggedAt: value.logged_at }),
      ({ value }) => [triggerRow(value)],
    ),
    handoffs: recordFold(
      'analyze-handoffs',
      // A model or an owner: nothing to show.
      ({ type, value }) =>
        type === 'Handoff'
          ? { key: value.lead_id, seq: value.handoff_seq, loggedAt: value.logged_at }
          : { key: null, seq: 'seq' in value ? value.seq : value.handoff_seq, loggedAt: value.logged_at },
      ({ type, value }) => (type === 'Handoff' ? [handoffRow(value)] : []),
    ),
    // Dead letters have several writers: they come in no order, and none is needed.
    deadLetters: recordFold(
      'analyze-dead-letters',
      ({ value }) => ({ key: value.dead_letter_id, seq: 0, loggedAt: value.at }),
      ({ value }) => [deadLetterRow(value)],
    ),
  };
}

/** Rows concern no lead of the log, nothing is shared unless told, and no time is waited for. */
const ROWS = {
  keyOf: () => null,
  initialShared: null,
  broadcast: () => ({ shared: null, pass: undefined }),
  wake: <State>(state: State): Step<State, TableRow> => ({ state, emit: [] }),
};

/** Rows straight from each record, without any state. */
function recordFold<In>(
  name: string,
  describe: Fold<null, In, TableRow, null>['describe'],
  rowsOf: (record: In) => readonly TableRow[],
): Fold<null, In, TableRow, null> {
  return { name, describe, ...ROWS, step: (_state, record) => ({ state: undefined, emit: rowsOf(record) }) };
}

function stagedStep(
  hash: Hash,
  lead: LeadState | undefined,
  staged: Staged,
  { shared, items: held }: Pick<StepContext<Governing>, 'shared' | 'items'>,
): Step<LeadState, TableRow> {
  const { scored } = staged;
  const after = evolveLead(lead, staged, shared);
  const rows: TableRow[] = [];
  if (scored !== null) {
    if (scored.activity !== null) rows.push(activityRow(staged, scored, scored.activity));
    const scoreChange = scoreChangeRow(hash, staged, scored);
    if (scoreChange !== undefined) rows.push(scoreChange);
    const join = joinRow(scored);
    if (join !== undefined) rows.push(join);
  }
  for (const row of stageChangeRows(hash, staged)) rows.push(row);
  if (isPresent(lead) || isPresent(after)) rows.push(leadRow(after, staged));
  const { counters, items } = activityCounting(lead, after, staged, held);
  return { state: after, emit: rows, counters: counterChanges(lead, after, staged, counters), items };
}
