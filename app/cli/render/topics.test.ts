import { expect, test } from 'vitest';
import { renderTopics } from '#app/cli/render/topics';
import type { Difference } from '#lib/log/kafka/topics/difference';
import type { TopicReport, TopicsReport } from '#lib/log/kafka/topics/report';

const EVENTS: TopicReport = {
  topic: 'lead.events',
  partitions: 1,
  replicas: 3,
  retention: 2_592_000_000,
  status: 'ok',
};
const SCORES: TopicReport = { topic: 'lead.scores', partitions: 4, replicas: 3, retention: null, status: 'created' };

function difference(severity: Difference['severity']): Difference {
  return { severity, where: 'lead.scores', what: 'retention.ms', is: '1', should: '-1', remedy: 'set it' };
}

async function rendered(report: TopicsReport, json = false) {
  let out = '';
  let err = '';
  const code = await renderTopics(report, json, {
    out: async (text) => {
      out += text;
    },
    err: async (text) => {
      err += text;
    },
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

test('topics that are as they should be are a table, and a success', async () => {
  expect(await rendered({ topics: [EVENTS, SCORES], differences: [] })).toEqual({
    code: 0,
    out:
      'topic        partitions  replicas  retention  status\n' +
      'lead.events           1         3  30d        ok\n' +
      'lead.scores           4         3  unlimited  created\n',
    err: '',
  });
});

test('a warning is told and stays a success; a fault fails', async () => {
  const line = 'lead.scores: retention.ms is 1, should be -1; set it\n';
  const warned = await rendered({ topics: [SCORES], differences: [difference('warning')] });
  expect(warned).toMatchObject({ code: 0, err: '', out: expect.stringMatching(new RegExp(`\n\nwarning: ${line}$`)) });
  const failed = await rendered({ topics: [SCORES], differences: [difference('fault'), difference('warning')] });
  expect(failed).toMatchObject({
    code: 1,
    out: expect.stringContaining(`\nfault: ${line}warning: ${line}`),
    err: 'leadstream: services must not run on these topics; mend the fault above\n',
  });
});

test('missing topics fail, and are named with the command that creates them', async () => {
  expect(await rendered({ topics: [EVENTS, { ...SCORES, status: 'missing' }], differences: [] })).toMatchObject({
    code: 1,
    err: 'leadstream: Kafka has no topic lead.scores; create what is missing with: leadstream topics\n',
  });
});

test('as JSON it is one object that says whether services may run', async () => {
  const report: TopicsReport = { topics: [SCORES], differences: [difference('fault')] };
  const { out, code } = await rendered(report, true);
  expect(code).toBe(1);
  expect(JSON.parse(out)).toEqual({ ok: false, ...report });
});
