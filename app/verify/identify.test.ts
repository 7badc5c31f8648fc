import { expect, test } from 'vitest';
import { Findings } from '#app/verify/compare';
import { verifyIdentify } from '#app/verify/identify';
import { sha256 } from '#lib/hash/sha256';
import { createMemoryLog } from '#lib/log/memory/log';
import { createCompiler } from '#lib/model/compile';
import { TOPICS } from '#schemas/topics';
import { createPipeline } from '#services/pipeline';

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
