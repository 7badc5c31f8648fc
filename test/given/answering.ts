import { type FoldTopology, foldTopology } from '#lib/flow/topology';
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
    step: (_state, { type, value }) => {
      if (type !== 'JoinOpened' || value.lead_id !== value.from_lead_id) return { state: undefined, emit: [] };
      const { seq: join_seq, from_lead_id: lead_id, into_lead_id, logged_at } = value;
      const decisions = { stage: '', since: 0, heard_at: 0, visits: [], entered: [], enrolments: [], sends: [] };
      return {
        state: undefined,
        emit: [{ type: 'JoinAnswer', value: { join_seq, lead_id, into_lead_id, logged_at, decisions } }],
      };
    },
    wake: (state) => ({ state, emit: [] }),
  },
});
