import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExpectedRows } from '#app/verify/expected';
import type { TableRow } from '#lib/clickhouse/row';
import { drive } from '#lib/flow/drive';
import { deciderTask, foldTasks, sinkTasks } from '#lib/flow/runner';
import { supervise } from '#lib/flow/supervisor';
import { sha256 } from '#lib/hash/sha256';
import { createMemoryLog } from '#lib/log/memory/log';
import { createCompiler } from '#lib/model/compile';
import { readModel } from '#lib/model/files';
import { type EventMessage, TOPICS } from '#schemas/topics';
import { createPipeline, topologiesOf } from '#services/pipeline';
import { AFTERWARDS } from '#test/given/event';
import { type Fault, faultyLog, faultyStores } from '#test/given/faults';
import { histories } from '#test/given/history';
import { submitted } from '#test/given/identify';
import { inOwnTime } from '#test/given/own-time';
import { stillClock } from '#test/given/still-clock';

const files = await readModel('model');
const compile = createCompiler();
const model = submitted(files);

const PARTITIONS: Readonly<Record<string, number>> = {
  [TOPICS.events]: 1,
  [TOPICS.activity]: 1,
  [TOPICS.scores]: 1,
  [TOPICS.stages]: 1,
  [TOPICS.triggers]: 1,
  [TOPICS.joins]: 1,
  [TOPICS.handoffs]: 1,
  [TOPICS.deadLetters]: 1,
};

const pipeline = createPipeline({ hash: sha256, compile, partitions: 1, tickEvery: 1000 });

/** Time stands still: all that happens has its own time. */
const clock = stillClock(AFTERWARDS);

interface Outcome {
  readonly topics: Readonly<Record<string, readonly unknown[]>>;
  readonly tables: unknown;
}

/** A plain run in memory, from the first record to the last. */
function uninterrupted(events: readonly EventMessage[]): Outcome {
  const running = drive(topologiesOf(pipeline), (topic) => PARTITIONS[topic] ?? 0);
  for (const message of inOwnTime([model, ...events])) running.publish(TOPICS.events, message, AFTERWARDS);
  const topics = Object.fromEntries(
    Object.values(TOPICS).map((topic) => [topic, running.records(topic).map(({ value }) => value)]),
  );
  return { topics, tables: tablesOf(running.rows()) };
}

/** The real tasks, side by side, while the log and the stores fail at every step of the protocol. */
async function interrupted(
  events: readonly EventMessage[],
  faults: readonly Fault[],
  chained: boolean,
): Promise<Outcome> {
  let drawn = 0;
  const draw = () => (drawn >= 200 ? 'none' : (faults[drawn++ % faults.length] ?? 'none'));
  const log = createMemoryLog({ partitions: PARTITIONS });
  const rows: unknown[] = [];
  const options = {
    log: faultyLog(log, draw),
    openStore: faultyStores(draw),
    sink: { write: async (written: readonly unknown[]) => void rows.push(...written) },
    clock,
    observer: {},
  };
  const [score, stage, trigger] = pipeline.folds;
  if (stage === undefined || trigger === undefined) throw new Error('the pipeline has lost a fold');
  const folds = chained
    ? foldTasks(options, pipeline.folds)
    : [[score], [stage], [trigger]].flatMap(([one = score]) => foldTasks(options, [one]));
  const tasks = [
    deciderTask(options, pipeline.identify, undefined),
    ...folds,
    deciderTask(options, pipeline.handoff, undefined),
    ...pipeline.analyze.flatMap((topology) => sinkTasks(options, topology, { linger: 0 })),
  ];
  const running = supervise(tasks, log, clock);
  for (const message of inOwnTime([model, ...events])) {
    await log.publish([{ topic: TOPICS.events, partition: 0, key: null, value: message }]);
    if (drawn % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await running.idle(new AbortController().signal);
  await running.stop();
  const topics: Record<string, unknown[]> = {};
  for (const topic of Object.values(TOPICS)) {
    const end = await log.end({ topic, partition: 0 });
    const records =
      end === 0 ? [] : await log.reader({ topic, partition: 0 }, 0).next(end, new AbortController().signal);
    topics[topic] = records.map(({ value }) => value);
  }
  return { topics, tables: tablesOf(rows) };
}

function tablesOf(rows: readonly unknown[]): unknown {
  const expected = new ExpectedRows();
  for (const row of rows) expected.add(row as TableRow);
  return Object.fromEntries(
    Array.from(expected.tables, ([table, byKey]) => [table, [...byKey].sort(([a], [b]) => (a < b ? -1 : 1))]),
  );
}

const fault = fc.constantFrom<Fault>('none', 'none', 'none', 'before', 'after', 'lost store');

test('crashing at any step of the protocol, any number of times, changes no record, id or row', async () => {
  await fc.assert(
    fc.asyncProperty(
      histories(false, 40, true),
      fc.array(fault, { minLength: 1, maxLength: 50 }),
      fc.boolean(),
      async (events, faults, chained) => {
        expect(await interrupted(events, faults, chained)).toEqual(uninterrupted(events));
      },
    ),
    { numRuns: 150 },
  );
}, 240_000);

test('separate services write what they write chained in one task', async () => {
  await fc.assert(
    fc.asyncProperty(histories(true, 40, true), async (events) => {
      expect(await interrupted(events, ['none'], false)).toEqual(await interrupted(events, ['none'], true));
    }),
    { numRuns: 50 },
  );
}, 120_000);
