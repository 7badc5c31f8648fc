import { expect, test } from 'vitest';
import { hostedBy } from '#app/kafka/hosted';
import { watchServices } from '#app/kafka/lag';
import { refuseLostPositions } from '#app/kafka/lost';
import { RUNNABLE, type Runnable } from '#app/kafka/parts';
import { systemClock } from '#lib/clock/system';
import { FlowError } from '#lib/flow/errors';
import type { Log } from '#lib/flow/log';
import { sha256 } from '#lib/hash/sha256';
import { createMemoryLog } from '#lib/log/memory/log';
import { createCompiler } from '#lib/model/compile';
import { TOPICS, type Topic } from '#schemas/topics';
import { createPipeline } from '#services/pipeline';
import { stillClock } from '#test/given/still-clock';

const PARTITIONS = 2;
const ONE = new Set<string>([TOPICS.events, TOPICS.deadLetters]);
const pipeline = createPipeline({ hash: sha256, compile: createCompiler(), partitions: PARTITIONS, tickEvery: 1000 });

/** On Kafka the positions of a service's tasks are those of one group; here too. */
function groupedLog(): Log {
  const counts = Object.values(TOPICS).map((topic) => [topic, ONE.has(topic) ? 1 : PARTITIONS]);
  const log = createMemoryLog({ partitions: Object.fromEntries(counts) });
  const groupOf = (task: string) => task.replace(/-\d+$/, '');
  return {
    ...log,
    open: (task) => log.open(groupOf(task)),
    positionsOf: (task, inputs) => log.positionsOf(groupOf(task), inputs),
  };
}

async function write(log: Log, topic: Topic, partition: number, records = 1): Promise<void> {
  await log.publish(Array.from({ length: records }, () => ({ topic, partition, key: null, value: {} })));
}

/** The service has worked off so many records of a partition. */
async function commit(log: Log, task: string, topic: Topic, partition: number, offset: number, cursor = 0) {
  const owner = await log.open(task);
  await owner.commit([], [{ topic, partition, position: { offset, cursor } }]);
}

const refuse = (log: Log, ...parts: readonly Runnable[]) =>
  refuseLostPositions(
    parts.flatMap((part) => hostedBy(part, pipeline, log)),
    log,
    stillClock(0),
  );

test('the lag is what services that ever ran have still to read; a record under way counts as one', async () => {
  const log = groupedLog();
  const services = watchServices(pipeline, log, systemClock);
  await write(log, TOPICS.activity, 0, 5);
  await write(log, TOPICS.activity, 1, 3);
  expect([await services.running(), await services.lag()]).toEqual([false, 0]);
  await commit(log, 'score-0', TOPICS.activity, 0, 2);
  expect([await services.running(), await services.lag()]).toEqual([true, 3 + 3]);
  await commit(log, 'score-1', TOPICS.activity, 1, 3);
  await commit(log, 'score-0', TOPICS.activity, 0, 5, 4);
  expect(await services.lag()).toBe(1);
});

test('idle waits for the last record, and ends at once when nobody waits any more', async () => {
  const log = groupedLog();
  const services = watchServices(pipeline, log, systemClock);
  await write(log, TOPICS.activity, 0, 2);
  await commit(log, 'score-0', TOPICS.activity, 0, 1);
  await commit(log, 'score-1', TOPICS.activity, 1, 0);
  let idle = false;
  const waiting = services.idle(new AbortController().signal).then(() => {
    idle = true;
  });
  await systemClock.sleep(250);
  expect(idle).toBe(false);
  await commit(log, 'score-0', TOPICS.activity, 0, 2);
  await waiting;
  await write(log, TOPICS.activity, 0);
  await services.idle(AbortSignal.timeout(20));
});

test('analyzed counts the records of lead.stages that are in the tables', async () => {
  const log = groupedLog();
  const services = watchServices(pipeline, log, systemClock);
  expect(await services.analyzed()).toBe(0);
  await commit(log, 'analyze-stages-0', TOPICS.stages, 0, 7);
  await commit(log, 'analyze-stages-1', TOPICS.stages, 1, 4);
  await commit(log, 'analyze-triggers-0', TOPICS.triggers, 0, 100);
  expect(await services.analyzed()).toBe(11);
});

test('services that never wrote, or whose positions are there, are not refused', async () => {
  const log = groupedLog();
  await refuse(log, ...RUNNABLE);
  await write(log, TOPICS.scores, 0);
  await commit(log, 'score-0', TOPICS.activity, 0, 1);
  // its other partition is empty as yet, on both sides
  await refuse(log, 'score');
});

test('a fold that has written and has no position is refused, with each of its partitions that is lost', async () => {
  const log = groupedLog();
  await write(log, TOPICS.scores, 0);
  await write(log, TOPICS.scores, 1);
  await commit(log, 'score-0', TOPICS.activity, 0, 1);
  await expect(refuse(log, 'score', 'stage')).rejects.toMatchObject({
    code: 'position_lost',
    message:
      'score has written before but its position in lead.activity/1 is gone, and starting from 0 would send everything again; find it from what was written, with: leadstream recover score',
  });
});

test('a fold that another instance has just created, after the first look at its positions, is not refused', async () => {
  const log = groupedLog();
  let created: Promise<void> | undefined;
  const create = async () => {
    await write(log, TOPICS.scores, 0);
    await commit(log, 'score-0', TOPICS.activity, 0, 1);
  };
  const racing: Log = {
    ...log,
    async end(at) {
      created ??= create();
      await created;
      return log.end(at);
    },
  };
  await refuse(racing, 'score');
  expect(created).toBeDefined();
});

test('all services that lost their positions are named in one line; analyze is not among them: it may start over', async () => {
  const log = groupedLog();
  for (const topic of [TOPICS.activity, TOPICS.triggers, TOPICS.handoffs]) await write(log, topic, 1);
  const refused = await refuse(log, ...RUNNABLE).catch((thrown: unknown) => thrown);
  if (!(refused instanceof FlowError)) throw new Error('they are not refused');
  const { code, retriable, message } = refused;
  expect([code, retriable]).toEqual(['position_lost', false]);
  const named = [...message.matchAll(/leadstream recover ([\w+]+)/g)].map(([, service]) => service);
  expect(named).toEqual(['identify', 'trigger', 'handoff', 'score+stage+trigger']);
  // a decider's shard is all of its partitions, whichever it has written
  expect(message).toContain('handoff has written before but its position in lead.stages/0, lead.stages/1 is gone');
});
