import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { TOPICS } from '#schemas/topics';
import { createPipeline, topologiesOf } from '#services/pipeline';
import { AFTERWARDS } from '#test/given/event';
import { type HastyStep, hastyHistory } from '#test/given/hasty';

/** What engine 4 has decided on the golden steps, topic by topic: its digest, and how many records it is. */
const DECIDED: Readonly<Record<string, string>> = {
  'lead.activity': '20ff74da421c198d of 195',
  'lead.scores': '546e2a395ab95bdc of 256',
  'lead.stages': '91f6448e430d1951 of 313',
  'lead.triggers': 'babf3e534c60f362 of 29',
  'lead.handoffs': '8e49d8217af8824e of 18',
};

const lines = (await readFile('test/golden/steps.ndjson', 'utf8')).trimEnd().split('\n');
const steps = lines.map((line): HastyStep => JSON.parse(line));

function decided(): Readonly<Record<string, string>> {
  const pipeline = createPipeline({ hash: sha256, compile: createCompiler(), partitions: 1, tickEvery: 1000 });
  const running = drive(topologiesOf(pipeline), () => 1);
  for (const message of hastyHistory(steps)) running.publish(TOPICS.events, message, AFTERWARDS);
  const topics = [TOPICS.activity, TOPICS.scores, TOPICS.stages, TOPICS.triggers, TOPICS.handoffs];
  return Object.fromEntries(
    topics.map((topic) => {
      const records = running.records(topic).map(({ value }) => JSON.stringify(value));
      return [topic, `${sha256(records.join('\n')).slice(0, 16)} of ${records.length}`];
    }),
  );
}

// Whoever decides otherwise here breaks every log that exists: give it another engine number (lib/model/engine.ts).
test('what the engine has decided stays decided', () => {
  expect(decided()).toEqual(DECIDED);
});
