import fc from 'fast-check';
import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { createPipeline } from '#services/pipeline';
import { ANSWERING } from '#test/given/answering';
import { pairedBy } from '#test/given/arrivals';
import { arrivals } from '#test/given/batch/arrivals';
import { DAY, T0 } from '#test/given/event';
import { factHistories } from '#test/given/facts-history';
import { submitted } from '#test/given/identify';
import { compile, shipped } from '#test/given/lines';
import { factsIn, NOTHING_TOLD, readFacts, valuesOf } from '#test/given/outcome';
import { reportedOf } from '#test/given/reported-of';
import { spoken } from '#test/given/spoken';
import { factsAt, type LeadFacts } from '#test/oracle/facts';
import { identityOf } from '#test/oracle/identity';
import { nameOf } from '#test/oracle/reported';

/** What score and stage tell of leads, and whose each event is, over events as they come in. */
function told(events: readonly EventMessage[], partitions: number) {
  const { identify, folds } = createPipeline({ hash: sha256, compile, partitions, tickEvery: 1000 });
  const [score, stage] = folds;
  const topologies = [identify, score, ...(stage === undefined ? [] : [stage]), ANSWERING];
  const running = drive(topologies, (topic) => (topic === TOPICS.events ? 1 : partitions));
  running.publish(TOPICS.events, submitted(shipped, T0), T0);
  for (const message of events) running.publish(TOPICS.events, message, message.value.received_at);
  const activity = running.records(TOPICS.activity).map(({ value }) => value as ActivityMessage);
  const came = activity.flatMap((message) => (message.type === 'Activity' ? [message.value] : []));
  const inSeq = came.toSorted((a, b) => a.seq - b.seq);
  const staged = new Map<string, LeadFacts>();
  for (const { lead_id, stage_after, facts } of valuesOf(running, TOPICS.stages, 'Staged')) {
    if (stage_after === '') staged.delete(lead_id);
    else if (facts !== null) staged.set(lead_id, readFacts(facts));
  }
  return {
    owners: new Map(inSeq.map((one) => [nameOf({ source: one.publisher, id: one.event_id }), one.lead_id])),
    scored: factsIn(valuesOf(running, TOPICS.scores, 'Scored')),
    staged,
  };
}

/** What a batch computes of the same: by lead, in its own names. */
function computed(events: readonly EventMessage[], at: number) {
  const reported = reportedOf(events);
  const { owners, addresses } = identityOf(reported);
  const facts = new Map<string, LeadFacts>();
  for (const lead of new Set(owners.values())) {
    const own = reported.filter((event) => owners.get(nameOf(event)) === lead);
    facts.set(lead, factsAt(own, addresses.get(lead) ?? new Set(), at));
  }
  return { owners, facts };
}

/** Given what was reported, when it comes in this order, then each lead's facts are those of the batch. */
function holds(history: readonly EventMessage[], order: readonly EventMessage[], partitions: number): void {
  const batch = computed(history, order.at(-1)?.value.received_at ?? T0);
  const { owners, scored, staged } = told(order, partitions);
  const ids = pairedBy(batch.owners, owners);
  const inNames = (facts: ReadonlyMap<string, LeadFacts>) =>
    new Map(
      [...ids].map(([lead, id]) => [lead, facts.get(id) ?? NOTHING_TOLD] as const).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  const wanted = new Map([...batch.facts].sort(([a], [b]) => (a < b ? -1 : 1)));
  expect(inNames(scored)).toEqual(wanted);
  expect(inNames(staged)).toEqual(wanted);
}

/** A history, and two orders in which it may come. */
function twice(histories: fc.Arbitrary<readonly EventMessage[]>) {
  return histories.chain((history) => fc.tuple(fc.constant(history), arrivals(history), arrivals(history)));
}

test('what is true of a lead: in any order, moved and repeated, over one and two partitions, as a batch has it', () => {
  fc.assert(
    fc.property(twice(factHistories(14, 60)), ([history, one, other]) => {
      holds(history, one, 1);
      holds(history, other, 2);
    }),
    { numRuns: 1000 },
  );
}, 180_000);

/** The newest hundred traits are told, whatever the order in which they came. */
test('of many traits the newest hundred', () => {
  const names = fc.shuffledSubarray(
    Array.from({ length: 130 }, (_, n) => `trait_${n}`),
    { minLength: 130 },
  );
  fc.assert(
    fc.property(names, fc.array(fc.nat(40), { minLength: 130, maxLength: 130 }), (order, days) => {
      const history = manyTraits(order, days);
      holds(history, history, 1);
    }),
    { numRuns: 5 },
  );
}, 60_000);

/** Where single events bear more than a hundred, or end the newest hundred in their midst. */
test('of many traits of few events the newest hundred, those of one event by name', () => {
  const names = Array.from({ length: 150 }, (_, n) => `trait_${n}`);
  const traits = fc
    .shuffledSubarray(names, { minLength: 30 })
    .map((order) => Object.fromEntries(order.map((name, n) => [name, n])));
  const events = fc
    .array(fc.record({ day: fc.nat(9), traits }), { minLength: 1, maxLength: 4 })
    .map((all) =>
      all.map(({ day, traits }, i) =>
        spoken({ user: 'u1', name: 'identified', event_id: `t${i}`, occurred_at: T0 + day * DAY, traits }),
      ),
    );
  fc.assert(
    fc.property(twice(events), ([history, one, other]) => {
      holds(history, one, 1);
      holds(history, other, 1);
    }),
    { numRuns: 60 },
  );
}, 60_000);

function manyTraits(names: readonly string[], days: readonly number[]): readonly EventMessage[] {
  let now = T0;
  return names.map((name, i) => {
    const at = T0 + (days[i] ?? 0) * DAY + i;
    now = Math.max(now, at);
    const who = { user: 'u1', name: 'identified', event_id: `t${i}` };
    return spoken({ ...who, occurred_at: at, received_at: now, traits: { [name]: i } });
  });
}
