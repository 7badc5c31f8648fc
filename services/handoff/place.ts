import type { Placed } from '#lib/flow/place';
import type { StageMessage } from '#schemas/topics';

const RECORD = 0;
const SCORES_WAKE = 1;
const STAGES_WAKE = 2;

/**
 * Where a record of lead.stages stands among those of all partitions: by logged time, or, of what a wake-up led to, by when that
 * was due; records before wake-ups, score's before stage's, as the folds themselves go; then by number or by lead. A tick or a
 * watermark that is passed on says by its place how far its partition is complete.
 */
export function placeOf({ type, value }: StageMessage): Placed {
  const { seq, logged_at: loggedAt } = value;
  // It has the number of a record, after which it comes.
  if (type === 'Watermark') return { at: loggedAt, rank: RECORD, seq, key: type, loggedAt };
  if (type !== 'Staged' || value.due_at === null) return { at: loggedAt, rank: RECORD, seq, key: '', loggedAt };
  const rank = value.scored === null ? STAGES_WAKE : SCORES_WAKE;
  return { at: value.due_at, rank, seq: 0, key: value.lead_id, loggedAt };
}
