import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { drive } from '#lib/flow/drive';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { TOPICS } from '#schemas/topics';
import { createPipeline, topologiesOf } from '#services/pipeline';
import { AFTERWARDS } from '#test/given/event';
import { type HastyStep, hastyHistory } from '#test/given/hasty';

/** What each engine has decided on the golden steps, topic by topic: its digest, and how many records it is. */
const DECIDED: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  1: {
    'lead.activity': '0ec1f770f31c2fac of 194',
    'lead.scores': 'ca440c5fccdc433c of 253',
    'lead.stages': '9de06ec6abff99ac of 310',
    'lead.triggers': '25c48d1453165c29 of 49',
    'lead.handoffs': 'b453d34fb5f0c36b of 18',
  },
  2: {
    'lead.activity': 'c039c6d78d7cbfe4 of 194',
    'lead.scores': '8cdfa27ebb2f9b85 of 253',
    'lead.stages': '3413469e2ff0da9f of 310',
    'lead.triggers': '13e438bd0d2d98de of 29',
    'lead.handoffs': '6fa2ec93dd2c7923 of 18',
  },
};

const lines = (await readFile('test/golden/steps.ndjson', 'utf8')).trimEnd().split('\n');
const steps = lines.map((line): HastyStep => JSON.parse(line));

/** Fields that came later, with what they say under the older engines: no decision. */
const NEWS: ReadonlyMap<string, unknown> = new Map<string, unknown>([
  ['due_at', null],
  ['capped', 0],
  ['grade', ''],
  ['disqualified', null],
  ['excluded', null],
  ['rule', ''],
  ['from_since', 0],
  ['visit', 0],
]);

function withoutNews(field: string, value: unknown): unknown {
  return NEWS.has(field) && NEWS.get(field) === value ? undefined : value;
}

function decidedUnder(engine: number): Readonly<Record<string, string>> {
  const pipeline = createPipeline({ hash: sha256, compile: createCompiler(), partitions: 1, tickEvery: 1000 });
  const running = drive(topologiesOf(pipeline), () => 1);
  for (const message of hastyHistory(steps, engine)) running.publish(TOPICS.events, message, AFTERWARDS);
  const topics = [TOPICS.activity, TOPICS.scores, TOPICS.stages, TOPICS.triggers, TOPICS.handoffs];
  return Object.fromEntries(
    topics.map((topic) => {
      const decided = running.records(topic).map(({ value }) => JSON.stringify(value, withoutNews));
      return [topic, `${sha256(decided.join('\n')).slice(0, 16)} of ${decided.length}`];
    }),
  );
}

// Whoever decides otherwise here breaks every log that exists: give it another engine number (lib/model/engine.ts).
test.each([1, 2])('what engine %i has decided stays decided', (engine) => {
  expect(decidedUnder(engine)).toEqual(DECIDED[engine]);
});
