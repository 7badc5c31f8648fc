import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { type EventMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { createPipeline } from '#services/pipeline';
import { ANSWERING } from '#test/given/answering';
import { arrivals } from '#test/given/batch/arrivals';
import { HOUR, T0 } from '#test/given/event';
import { EMAILS, factHistories, NAMED, USERS } from '#test/given/facts-history';
import { submitted } from '#test/given/identify';
import { compile, shipped } from '#test/given/lines';
import { factsIn, NOTHING_TOLD, valuesOf } from '#test/given/outcome';
import { reportedOf } from '#test/given/reported-of';
import { spoken } from '#test/given/spoken';
import { factsAt, type LeadFacts } from '#test/oracle/facts';
import { identityOf } from '#test/oracle/identity';
import { nameOf } from '#test/oracle/reported';

const PARTITIONS = 2;

/** Each of them looks at a page in the end, and shows whose they are. */
function looks(at: number): readonly EventMessage[] {
  const people = [...USERS.map((user) => ({ user })), ...EMAILS.slice(0, 3).map((email) => ({ email }))];
  return people.map((who, i) =>
    spoken({ ...who, name: 'page_viewed', event_id: `look-${i}`, occurred_at: at, received_at: at }),
  );
}

/** The facts that outlive the activities they were said by. */
function lasting({ email, user, traits, closed, consents }: LeadFacts) {
  return { email, user, traits, closed, consents };
}

/** By the last look of each: the lasting facts of its lead, where identify keeps so many activities of an identifier. */
function told(events: readonly EventMessage[], kept: number) {
  const options = { hash: sha256, compile, partitions: PARTITIONS, tickEvery: 1000 };
  const { folds } = createPipeline(options);
  const identify = createIdentifyTopology({ ...options, importTickEvery: HOUR, kept });
  const running = drive([identify, folds[0], ANSWERING], (topic) => (topic === TOPICS.events ? 1 : PARTITIONS));
  running.publish(TOPICS.events, submitted(shipped, T0), T0);
  for (const message of events) running.publish(TOPICS.events, message, message.value.received_at);
  const facts = factsIn(valuesOf(running, TOPICS.scores, 'Scored'));
  const came = valuesOf(running, TOPICS.activity, 'Activity').filter(({ event_id }) => event_id.startsWith('look-'));
  return new Map(came.map((one) => [one.event_id, lasting(facts.get(one.lead_id) ?? NOTHING_TOLD)]));
}

function computed(events: readonly EventMessage[], at: number) {
  const reported = reportedOf(events);
  const { owners, addresses } = identityOf(reported);
  const looked = reported.filter(({ id }) => id.startsWith('look-'));
  return new Map(
    looked.map((look) => {
      const lead = owners.get(nameOf(look)) ?? '';
      const own = reported.filter((event) => owners.get(nameOf(event)) === lead);
      return [look.id, lasting(factsAt(own, addresses.get(lead) ?? new Set(), at))];
    }),
  );
}

/**
 * Given what was said within 900 days, when it comes in any order and only the newest three activities of each identifier are
 * kept, then all lasting facts are still those of a batch over everything.
 */
test('last words on lasting facts outlive the bounds, and go where their identifiers go', () => {
  const histories = factHistories(14, 900, NAMED).chain((history) => fc.tuple(fc.constant(history), arrivals(history)));
  fc.assert(
    fc.property(histories, ([history, order]) => {
      const end = Math.max(...history.map(({ value }) => value.received_at)) + HOUR;
      const [first, all] = [
        [...order, ...looks(end)],
        [...history, ...looks(end)],
      ];
      expect(told(first, 3)).toEqual(computed(all, end));
    }),
    { numRuns: 500 },
  );
}, 120_000);
