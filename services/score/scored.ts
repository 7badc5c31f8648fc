import type { StepContext } from '#lib/flow/fold';
import type { Scored, ScoreEffect } from '#schemas/generated/records';
import type { ScoreMessage } from '#schemas/topics';
import type { Standing } from '#services/score/standing';

/** What brought a record about. */
export type Cause = Pick<Scored, 'cause' | 'cause_id' | 'historic'> &
  Partial<Pick<Scored, 'activity' | 'moved_out' | 'merged' | 'addresses' | 'excluded' | 'join_opened' | 'join_closed'>>;

/** A record of lead.scores. */
export function scored(
  context: Pick<StepContext<unknown>, 'seq' | 'step' | 'loggedAt' | 'key'>,
  at: number,
  dueAt: number | null,
  cause: Cause,
  score: ScoreEffect,
  { grade, disqualified }: Standing,
  { facts, seen, fading, valid_until }: Pick<Scored, 'facts' | 'seen' | 'fading' | 'valid_until'>,
): ScoreMessage {
  return {
    type: 'Scored',
    value: {
      seq: context.seq,
      step: context.step,
      logged_at: context.loggedAt,
      lead_id: context.key,
      cause: cause.cause,
      cause_id: cause.cause_id,
      at,
      historic: cause.historic,
      activity: cause.activity ?? null,
      moved_out: cause.moved_out ?? null,
      merged: cause.merged ?? null,
      score,
      due_at: dueAt,
      grade,
      disqualified,
      excluded: cause.excluded ?? null,
      addresses: cause.addresses ?? null,
      facts,
      seen,
      fading,
      valid_until,
      join_opened: cause.join_opened ?? null,
      join_closed: cause.join_closed ?? null,
    },
  };
}
