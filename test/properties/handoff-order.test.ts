import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Findings } from '#app/verify/compare';
import { verifyHandoff } from '#app/verify/handoff';
import { drive } from '#lib/flow/drive';
import { type Log, type LogRecord, Undecodable } from '#lib/flow/log';
import { deciderTask, foldTasks } from '#lib/flow/runner';
import { supervise } from '#lib/flow/supervisor';
import { sha256 } from '#lib/hash/sha256';
import { createMemoryLog } from '#lib/log/memory/log';
import { createCompiler } from '#lib/model/compile';
import type { Handoff } from '#schemas/generated/records';
import { type EventMessage, type HandoffMessage, TOPICS } from '#schemas/topics';
import { createPipeline, partitionCounts, topologiesOf } from '#services/pipeline';
import { AFTERWARDS } from '#test/given/event';
import { type Fault, faultyLog, faultyStores } from '#test/given/faults';
import { hastyHistory, hastySteps } from '#test/given/hasty';
import { slowLog } from '#test/given/slow-log';
import { stillClock } from '#test/given/still-clock';

const compile = createCompiler();
const NEVER = new AbortController().signal;
const histories = hastySteps.map((steps) => hastyHistory(steps));

const pipelineOf = (partitions: number) => createPipeline({ hash: sha256, compile, partitions, tickEvery: 1000 });

/** A decision without its place, which partitions do change. */
type Decided = Omit<Handoff, 'input_partition' | 'input_offset'>;

/** Handoffs in the order of their numbers. */
function handoffsOf(records: readonly LogRecord[]): readonly Decided[] {
  return records
    .flatMap(({ value }) => {
      if (value instanceof Undecodable) return [];
      const message = value as HandoffMessage;
      if (message.type !== 'Handoff') return [];
      const { input_partition, input_offset, ...decided } = message.value;
      return [decided];
    })
    .sort((a, b) => a.handoff_seq - b.handoff_seq);
}

/** One partition, undisturbed. */
function undisturbed(messages: readonly EventMessage[]): readonly Decided[] {
  const running = drive(topologiesOf(pipelineOf(1)), () => 1);
  for (const message of messages) running.publish(TOPICS.events, message, AFTERWARDS);
  return handoffsOf(running.records(TOPICS.handoffs));
}

async function recordsOf(log: Log, topic: string): Promise<readonly LogRecord[]> {
  const records: LogRecord[] = [];
  for (let partition = 0; partition < log.partitions(topic); partition++) {
    const end = await log.end({ topic, partition });
    if (end > 0) records.push(...(await log.reader({ topic, partition }, 0).next(end, NEVER)));
  }
  return records;
}

interface Trouble {
  readonly partitions: number;
  readonly faults: readonly Fault[];
  readonly delays: readonly number[];
  /** Handoff and identify are stopped after so many messages, and start again some messages later. */
  readonly stops: readonly number[];
}

/** The real tasks over several partitions, which are read at changing speeds, while log and stores fail. */
async function disturbed(messages: readonly EventMessage[], trouble: Trouble) {
  const { partitions, faults, delays, stops } = trouble;
  let drawn = 0;
  const draw = (): Fault => (drawn >= 200 ? 'none' : (faults[drawn++ % faults.length] ?? 'none'));
  let read = 0;
  const delay = () => delays[read++ % delays.length] ?? 0;
  const log = createMemoryLog({ partitions: partitionCounts(partitions) });
  const clock = stillClock(AFTERWARDS);
  const options = {
    log: slowLog(faultyLog(log, draw), delay),
    openStore: faultyStores(draw),
    sink: { write: async () => {} },
    clock,
    observer: {},
  };
  const pipeline = pipelineOf(partitions);
  const identify = deciderTask(options, pipeline.identify, undefined);
  const handoff = deciderTask(options, pipeline.handoff, undefined);
  const running = supervise([identify, ...foldTasks(options, pipeline.folds), handoff], log, clock);
  const goOn: (() => void)[] = [];
  for (const [n, message] of messages.entries()) {
    for (const start of goOn.splice(0)) start();
    if (stops.includes(n)) goOn.push(await running.hold(n % 2 === 0 ? handoff : identify));
    await log.publish([{ topic: TOPICS.events, partition: 0, key: null, value: message }]);
    for (let turns = delay(); turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
  }
  for (const start of goOn) start();
  await Promise.race([running.idle(NEVER), running.failed]);
  await running.stop();
  const findings = new Findings();
  await verifyHandoff(pipeline.handoff, log, findings, NEVER);
  return { handoffs: handoffsOf(await recordsOf(log, TOPICS.handoffs)), differences: findings.differences };
}

const troubles: fc.Arbitrary<Trouble> = fc.record({
  partitions: fc.constantFrom(1, 2, 4, 8),
  faults: fc.array(fc.constantFrom<Fault>('none', 'none', 'none', 'before', 'after', 'lost store'), {
    minLength: 1,
    maxLength: 50,
  }),
  delays: fc.array(fc.nat(4), { minLength: 1, maxLength: 20 }),
  stops: fc.array(fc.nat(40), { maxLength: 4 }),
});

test('whatever partitions, speeds, crashes, stops and lost stores there are: the handoffs of one undisturbed partition, each once', async () => {
  let handedOver = 0;
  let woken = 0;
  await fc.assert(
    fc.asyncProperty(histories, troubles, async (messages, trouble) => {
      const expected = undisturbed(messages);
      const { handoffs, differences } = await disturbed(messages, trouble);
      expect(differences).toEqual([]);
      expect(handoffs).toEqual(expected);
      handedOver += expected.length;
      woken += expected.filter(({ at, logged_at }) => at < logged_at).length;
    }),
    { numRuns: 150 },
  );
  expect([handedOver > 150, woken > 0]).toEqual([true, true]);
}, 240_000);
