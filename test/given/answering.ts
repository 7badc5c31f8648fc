import { type FoldTopology, foldTopology } from '#lib/flow/topology';
import type { JoinOpened } from '#schemas/generated/records';
import { type ActivityMessage, type JoinMessage, TOPICS } from '#schemas/topics';

/** Stands in for all services behind identify: whoever is asked what was decided about it answers that nothing was. */
export const ANSWERING: FoldTopology = foldTopology<null, ActivityMessage, JoinMessage, null>({
  service: 'answering',
  input: TOPICS.activity,
  output: TOPICS.joins,
  fold: {
    name: 'answering',
    describe: ({ type, value }) => ({
      key: type === 'JoinOpened' ? value.lead_id : null,
      seq: value.seq,
      loggedAt: value.logged_at,
    }),
    keyOf: ({ value }) => value.lead_id,
    initialShared: null,
    broadcast: () => ({ shared: null, pass: undefined }),
    step: (_state, { type, value }) => ({ state: undefined, emit: type === 'JoinOpened' ? answersTo(value) : [] }),
    wake: (state) => ({ state, emit: [] }),
  },
});

/** The answer of the lead that is asked; the one that waits gives none. */
export function answersTo({
  seq: join_seq,
  lead_id,
  from_lead_id,
  into_lead_id,
  logged_at,
}: JoinOpened): JoinMessage[] {
  if (lead_id !== from_lead_id) return [];
  const decisions = { stage: '', since: 0, heard_at: 0, visits: [], entered: [], enrolments: [], sends: [] };
  return [{ type: 'JoinAnswer', value: { join_seq, lead_id, into_lead_id, logged_at, decisions } }];
}
