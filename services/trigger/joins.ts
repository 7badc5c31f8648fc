import { NO_FACTS, NOBODY } from '#lib/facts/facts';
import { stillJoining } from '#lib/model/held';
import type { Decisions, JoinClosed, JoinOpened, ProgramSend, Staged } from '#schemas/generated/records';
import type { JoinMessage } from '#schemas/topics';
import { MOST_OCCURRENCES, withOccurrence } from '#services/trigger/occurrences';
import type { Enrolment, Running, Send, TriggerState } from '#services/trigger/state';

/** What stays of a lead that has ended: what it has entered and been sent. */
export function ended({ entered, sends, sent }: TriggerState): TriggerState {
  return { entered, windows: [], facts: NO_FACTS, sends, sent, running: null, closed: 'ended' };
}

/** A lead that had ended and comes back: it is in no program, and knows what it has entered and been sent. */
export function reopened(state: TriggerState): TriggerState {
  return state.closed === 'ended' ? { ...state, closed: undefined } : state;
}

/** A lead has told what was decided about it. If it ends, it leaves its programs: they go on with the other. */
export function asked(state: TriggerState, ends: boolean): TriggerState {
  return ends ? { ...state, running: null, closed: 'ending' } : state;
}

/**
 * A lead is told what was decided about another. If that is this one now, it goes on with its programs; of one that both are in,
 * with the run that is further on. What somebody else has been sent, it knows by the address.
 */
export function joinedWith(state: TriggerState, { ends, decisions }: JoinClosed): TriggerState {
  const sends = withSends(state.sends ?? [], decisions.sends, ends);
  const told = { ...state, joining: stillJoining(state), sends };
  if (!ends) return told;
  return { ...told, entered: lastOfBoth(state, decisions), running: furtherOfBoth(state.running, decisions) };
}

function lastOfBoth({ entered }: TriggerState, decisions: Decisions): TriggerState['entered'] {
  const both = { ...entered };
  for (const { program, entered_at } of decisions.entered) both[program] = Math.max(both[program] ?? 0, entered_at);
  return both;
}

function furtherOfBoth(running: Running | null, { stage, enrolments }: Decisions): Running | null {
  if (enrolments.length === 0) return running;
  const both = new Map(running?.enrolments.map((one) => [one.program, one]));
  for (const { program, model_version, entered_at, cause_id, due_at, ...rest } of enrolments) {
    const own = both.get(program);
    if (own !== undefined && own.next >= rest.next) continue;
    both.set(program, {
      ...rest,
      program,
      modelVersion: model_version,
      enteredAt: entered_at,
      causeId: cause_id,
      dueAt: due_at,
    });
  }
  const inOrder = [...both.values()].sort((a, b) => a.enteredAt - b.enteredAt);
  return { stage: running?.stage ?? stage, enrolments: inOrder };
}

/** `ofOne`: both are one person, to whichever address it went. */
function withSends(before: readonly Send[], sends: readonly ProgramSend[], ofOne: boolean): readonly Send[] {
  let all = before;
  for (const { send_id, program, step, at, to } of sends) {
    const send = { id: send_id, program, step, occurredAt: at };
    const email = to?.email ?? undefined;
    all = withOccurrence(all, ofOne || email === undefined ? send : { ...send, to: email });
  }
  return all.slice(-MOST_OCCURRENCES);
}

/** What was decided about a lead, as the answer to who asks. */
export function answerOf(state: TriggerState, staged: Staged, join: JoinOpened): JoinMessage {
  const { stage, since, heard_at, visits } = staged.decisions ?? NOTHING_DECIDED;
  const decisions: Decisions = {
    stage,
    since,
    heard_at,
    visits,
    entered: Object.entries(state.entered)
      .map(([program, entered_at]) => ({ program, entered_at }))
      .sort((a, b) => (a.program < b.program ? -1 : 1)),
    enrolments: (state.running?.enrolments ?? []).map(enrolmentTold),
    sends: (state.sent ?? [])
      .reduce<readonly Send[]>(withOccurrence, state.sends ?? [])
      .slice(-MOST_OCCURRENCES)
      .map(sendTold),
  };
  const { seq: join_seq, logged_at, from_lead_id, into_lead_id } = join;
  return { type: 'JoinAnswer', value: { join_seq, lead_id: from_lead_id, into_lead_id, logged_at, decisions } };
}

const NOTHING_DECIDED = { stage: '', since: 0, heard_at: 0, visits: [] };

function enrolmentTold(one: Enrolment): Decisions['enrolments'][number] {
  const { program, modelVersion, enteredAt, causeId, occasion, historic, next, dueAt } = one;
  const times = { entered_at: enteredAt, due_at: dueAt };
  return { program, model_version: modelVersion, cause_id: causeId, occasion, historic, next, ...times };
}

function sendTold({ id, program, step, occurredAt, to }: Send): ProgramSend {
  return { send_id: id, program, step, at: occurredAt, to: to === undefined ? null : { ...NOBODY, email: to } };
}
