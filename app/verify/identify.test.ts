import { expect, test } from 'vitest';
import { Findings } from '#app/verify/compare';
import { verifyIdentify } from '#app/verify/identify';
import { drive } from '#lib/flow/drive';
import type { TopicPartition } from '#lib/flow/position';
import { identityHash } from '#lib/hash/keyed';
import { sha256 } from '#lib/hash/sha256';
import { createMemoryLog } from '#lib/log/memory/log';
import { createCompiler } from '#lib/model/compile';
import { TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { createPipeline } from '#services/pipeline';
import { ANSWERING } from '#test/given/answering';
import { event, T0 } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';

const pipeline = createPipeline({ hash: sha256, compile: createCompiler(), partitions: 1, tickEvery: 1000 });

const NOW = Date.UTC(2026, 5, 1);

/** A log whose only event makes no activity; a dead letter says why, if there is one. */
async function differences(reason: string | undefined): Promise<number> {
  const partitions = Object.fromEntries(Object.values(TOPICS).map((topic) => [topic, 1]));
  const log = createMemoryLog({ partitions });
  const value = {
    ...{ event_id: 'e', publisher: 'crm', name: 'subscribed', occurred_at: NOW, received_at: NOW, clamped: false },
    ...{ content_hash: '', import_id: null, own_time: false, url: null, path: null, referrer: null, title: null },
    ...{ source: null, medium: null, campaign: null, properties: '{}', context: '{}' },
    personal: { email: null, user_id: 'ann', anonymous_id: null, traits: '{}', ip: null, user_agent: null },
  };
  await log.publish([{ topic: TOPICS.events, partition: 0, key: null, value: { type: 'LeadEvent', value } }]);
  if (reason !== undefined) {
    const letter = { type: 'DeadLetter', value: { origin: 'lead.events 0 0', reason } };
    await log.publish([{ topic: TOPICS.deadLetters, partition: 0, key: null, value: letter }]);
  }
  const findings = new Findings();
  const until = { offset: 1, cursor: 0 };
  await verifyIdentify(pipeline.identify, log, until, findings, new AbortController().signal);
  return findings.differences.length;
}

test('an event without an answer is a difference, unless no schema could read it when it came', async () => {
  expect(await differences(undefined)).toBe(1);
  expect(await differences('another')).toBe(1);
  expect(await differences('undecodable')).toBe(0);
});

test('of an input that has expired the decisions stand, those on what is kept are taken again', async () => {
  const topology = createIdentifyTopology(IDENTIFY);
  const running = drive([topology], () => 1);
  const log = createMemoryLog({ partitions: Object.fromEntries(Object.values(TOPICS).map((topic) => [topic, 1])) });
  const history = ['ann', 'bob', 'cid', 'dan'].map((user) => event({ user }));
  for (const value of history) running.publish(TOPICS.events, value, T0);
  for (const topic of [TOPICS.events, TOPICS.activity]) {
    await log.publish(running.records(topic).map(({ value }) => ({ topic, partition: 0, key: null, value })));
  }
  for (const start of [0, 1, 3, 4]) {
    const expired = {
      ...log,
      start: async (at: TopicPartition) => (at.topic === TOPICS.events ? start : log.start(at)),
    };
    const findings = new Findings();
    const until = { offset: history.length, cursor: 0 };
    const checked = await verifyIdentify(topology, expired, until, findings, new AbortController().signal);
    expect([findings.differences, checked]).toEqual([[], running.records(TOPICS.activity).length]);
  }
});

test('a log that a key was named in is verified with that key, whichever record came first', async () => {
  const identity = identityHash('s3cret');
  for (const first of [[], [submitted()]]) {
    const topology = createIdentifyTopology({ ...IDENTIFY, identity });
    const running = drive([topology, ANSWERING], () => 1);
    const log = createMemoryLog({ partitions: Object.fromEntries(Object.values(TOPICS).map((topic) => [topic, 1])) });
    const history = [...first, event({ user: 'ann', email: 'ann@x.org' }), event({ email: 'ann@x.org' })];
    for (const value of history) running.publish(TOPICS.events, value, T0);
    for (const topic of [TOPICS.events, TOPICS.activity]) {
      await log.publish(running.records(topic).map(({ value }) => ({ topic, partition: 0, key: null, value })));
    }
    const findings = new Findings();
    const until = { offset: history.length, cursor: 0 };
    const checked = await verifyIdentify(topology, log, until, findings, new AbortController().signal);
    expect([findings.differences, checked]).toEqual([[], running.records(TOPICS.activity).length]);
  }
});
