import fc from 'fast-check';
import { expect, test } from 'vitest';
import { positionsOfIdentify } from '#app/recover/deciders';
import { Findings } from '#app/verify/compare';
import { verifyIdentify } from '#app/verify/identify';
import { readTopic } from '#app/verify/topic';
import { createDeciderTask } from '#lib/flow/decider-task';
import type { Log } from '#lib/flow/log';
import { START } from '#lib/flow/position';
import { foldTasks } from '#lib/flow/runner';
import { supervise } from '#lib/flow/supervisor';
import type { DeciderTopology } from '#lib/flow/topology';
import { createMemoryLog } from '#lib/log/memory/log';
import { type ActivityMessage, type DeadLetterMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { arrivals, ofTheirOwn } from '#test/given/batch/arrivals';
import { inSeq } from '#test/given/batch/in-seq';
import { asLogged, batchLeads, batchOwners } from '#test/given/batch/owners';
import { replay } from '#test/given/batch/replay';
import { eventsOf } from '#test/given/batch/scores';
import { DAY, event, HOUR, T0 } from '#test/given/event';
import { type Fault, faultyLog, faultyStores } from '#test/given/faults';
import { IDENTIFY, submitted } from '#test/given/identify';
import { identityHistories, TOWN, type Universe } from '#test/given/identity-history';
import { stillClock } from '#test/given/still-clock';

const { signal } = new AbortController();
const NOW = T0 + 61 * DAY;
const clock = stillClock(NOW);
const identify = (movesAtOnce: number, kept = 10_000) =>
  createIdentifyTopology({ ...IDENTIFY, partitions: 2, movesAtOnce, kept });
const events = { topic: TOPICS.events, partition: 0 };
const model = submitted();

/** Few people of few devices, of whom much is known when it turns out who is who. */
const CROWD: Universe = {
  ...TOWN,
  users: ['u1', 'u2', 'u3'],
  emails: ['a@x.org', 'b@x.org', 'c@x.org'],
  devices: ['d1', 'd2'],
};
const crowd = identityHistories(CROWD, 40).chain(arrivals);

/** Two towns that know nothing of each other, and now and then an event that nobody could take. */
const towns = fc
  .tuple(identityHistories(TOWN, 20), identityHistories(TOWN, 20), fc.nat(2))
  .map(([one, other, bad]) => [
    ...one,
    ...ofTheirOwn(other, 'x', 0),
    ...Array.from({ length: bad }, () => event({ user: 'old', occurred_at: BAD })),
  ])
  .chain(arrivals);

const BAD = 1;
const isGood = ({ type, value }: EventMessage) => type === 'LeadEvent' && value.occurred_at !== BAD;

interface Settled {
  readonly log: Log;
  readonly activity: readonly ActivityMessage[];
  readonly refused: readonly string[];
}

/**
 * What the real task makes of events, with few moves at a time, while log and stores fail at every step. `recovers`: after each
 * failure it goes on from where the log's records alone say.
 */
async function settle(
  topology: DeciderTopology,
  history: readonly EventMessage[],
  faults: readonly Fault[],
  maxOutputs: number,
  recovers: boolean,
): Promise<Settled> {
  let drawn = 0;
  const draw = () => (drawn >= 200 ? 'none' : (faults[drawn++ % faults.length] ?? 'none'));
  const partitions = { [TOPICS.events]: 1, [TOPICS.activity]: 2, [TOPICS.joins]: 2, [TOPICS.deadLetters]: 1 };
  const log = createMemoryLog({ partitions });
  const watched: Log = {
    ...log,
    async open(task) {
      const inner = await log.open(task);
      return {
        ...inner,
        async positions(inputs) {
          const known = await inner.positions(inputs);
          const isIdentify = inputs.length > 1;
          return recovers && isIdentify && known[0] !== undefined
            ? await positionsOfIdentify(log, signal, () => {})
            : known;
        },
      };
    },
  };
  await log.publish([model, ...history].map((value) => ({ ...events, key: null, value })));
  const options = { log: faultyLog(watched, draw), openStore: faultyStores(draw), clock, observer: {} };
  const inputs = [events, ...[0, 1].map((partition) => ({ topic: TOPICS.joins, partition }))];
  const settling = createDeciderTask({ ...options, topology, shard: 0, inputs, maxOutputs, tickEvery: undefined });
  const running = supervise(
    [settling, ...foldTasks({ ...options, sink: { write: async () => {} } }, [ANSWERING])],
    log,
    clock,
  );
  await running.idle(signal);
  await running.stop();
  const records: ActivityMessage[] = [];
  for (const partition of [0, 1]) {
    for await (const { value } of readTopic<ActivityMessage>(log, { topic: TOPICS.activity, partition }, signal))
      records.push(value);
  }
  const refused: string[] = [];
  for await (const { value } of readTopic<DeadLetterMessage>(log, { topic: TOPICS.deadLetters, partition: 0 }, signal))
    refused.push(value.value.origin);
  return { log, activity: inSeq(records), refused };
}

/** How often an event was settled while an earlier one was not. */
function overtaken(activity: readonly ActivityMessage[]): number {
  let times = 0;
  let last = -1;
  for (const { type, value } of activity) {
    if (type === 'Tick' || type === 'ModelApplied' || type === 'Watermark' || type === 'JoinAnswered') continue;
    if (value.input_offset < last) times += 1;
    last = Math.max(last, value.input_offset);
  }
  return times;
}

const fault = fc.constantFrom<Fault>('none', 'none', 'none', 'before', 'after', 'lost store');

test('others pass a long move, crashes at every step: leads as a batch has them, each event once, without a difference', async () => {
  let times = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(towns, crowd),
      fc.integer({ min: 1, max: 3 }),
      fc.array(fault, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      fc.boolean(),
      async (history, movesAtOnce, faults, maxOutputs, recovers) => {
        const topology = identify(movesAtOnce);
        const { log, activity, refused } = await settle(topology, history, faults, maxOutputs, recovers);
        times += overtaken(activity);
        const logged = asLogged(eventsOf(history.filter(isGood)), activity);
        const { owners, faults: found } = replay(activity, batchLeads(logged));
        expect(found).toEqual([]);
        const expected = batchOwners(logged);
        expect(new Map([...owners].sort())).toEqual(new Map([...expected].sort()));
        expect(refused).toEqual([...new Set(refused)]);
        const findings = new Findings();
        const [until] = await log.positionsOf('identify-0', [events]);
        await verifyIdentify(topology, log, until?.position ?? START, findings, signal);
        expect(findings.differences).toEqual([]);
      },
    ),
    { numRuns: 800 },
  );
  expect(times).toBeGreaterThan(100);
}, 240_000);

test('so it goes with few activities held of each identifier and the last words beside them: without a difference', async () => {
  await fc.assert(
    fc.asyncProperty(
      crowd,
      fc.integer({ min: 1, max: 3 }),
      fc.array(fault, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 8 }),
      async (history, movesAtOnce, faults, maxOutputs) => {
        const topology = identify(movesAtOnce, 3);
        const { log, activity } = await settle(topology, history, faults, maxOutputs, false);
        const leftBehind = / is merged with activities of its own$/;
        expect(replay(activity).faults.filter((one) => !leftBehind.test(one))).toEqual([]);
        const findings = new Findings();
        const [until] = await log.positionsOf('identify-0', [events]);
        await verifyIdentify(topology, log, until?.position ?? START, findings, signal);
        expect(findings.differences).toEqual([]);
      },
    ),
    { numRuns: 300 },
  );
}, 240_000);

const at = (hours: number) => T0 + hours * HOUR;

/** Two that take several decisions meet in what a third does that waits between them. */
const MEETING: readonly { readonly what: string; readonly history: readonly EventMessage[] }[] = [
  {
    what: 'a device that one who waits brings along changes hands meanwhile',
    history: [
      event({ email: 'q@x.org', occurred_at: at(0) }),
      event({ email: 'm@x.org', device: 'd', occurred_at: at(1) }),
      ...[2, 3, 4].map((hour) => event({ device: 'd', occurred_at: at(hour) })),
      ...[10, 11, 12].map((hour) => event({ user: 'a', occurred_at: at(hour) })),
      event({ user: 'a', email: 'm@x.org', occurred_at: at(20) }),
      event({ user: 'a', email: 'q@x.org', occurred_at: at(21) }),
      event({ user: 'n', device: 'd', occurred_at: at(1.5) }),
    ],
  },
  {
    what: 'who waits for another that waits is joined with who is parted meanwhile',
    history: [
      event({ user: 'z', occurred_at: at(0) }),
      event({ user: 'q', email: 'qq@x.org', occurred_at: at(1) }),
      ...[2, 3, 4, 5].map((hour) => event({ email: 'qq@x.org', occurred_at: at(hour) })),
      event({ email: 'b@x.org', occurred_at: at(6) }),
      ...['da', 'dw'].flatMap((device) => [7, 8, 9, 10].map((hour) => event({ device, occurred_at: at(hour) }))),
      event({ user: 'a', device: 'da', occurred_at: at(6.6) }),
      event({ user: 'q', email: 'b@x.org', device: 'da', occurred_at: at(20) }),
      event({ user: 'w', device: 'dw', occurred_at: at(6.5) }),
      event({ user: 'z', email: 'b@x.org', device: 'dw', occurred_at: at(21) }),
      event({ user: 'q', email: 'qq@x.org', name: 'unmerged', occurred_at: at(22) }),
    ],
  },
];

test.each(MEETING)('$what: leads as a batch has them', async ({ history }) => {
  for (const movesAtOnce of [1, 2, 3]) {
    const { activity } = await settle(identify(movesAtOnce), history, ['none'], 2000, false);
    const logged = asLogged(eventsOf(history), activity);
    const { owners, faults } = replay(activity, batchLeads(logged));
    expect(faults).toEqual([]);
    const expected = batchOwners(logged);
    expect(new Map([...owners].sort())).toEqual(new Map([...expected].sort()));
  }
});
