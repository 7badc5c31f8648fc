import { expect, test } from 'vitest';
import { Findings } from '#app/verify/compare';
import { verifyIdentify } from '#app/verify/identify';
import type { Stamp } from '#lib/agents/port';
import { createStamp } from '#lib/agents/stamps';
import { drive } from '#lib/flow/drive';
import { createMemoryLog } from '#lib/log/memory/log';
import { FILES } from '#lib/model/given';
import type { ModelFiles } from '#lib/model/model';
import type { Activity } from '#schemas/generated/records';
import { type ActivityMessage, type EventMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { ANSWERING } from '#test/given/answering';
import { DAY, event, T0 } from '#test/given/event';
import { IDENTIFY, submitted } from '#test/given/identify';

const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0';

function excluding(internal: string): ModelFiles {
  return { ...FILES, 'scoring.yaml': `${FILES['scoring.yaml']}exclude: { bots: true, internal: ${internal} }\n` };
}

const OURS = excluding('{ ips: [203.0.113.0/24], domains: [ours.example] }');

function run(messages: readonly EventMessage[], stamp?: Stamp) {
  const running = drive(
    [createIdentifyTopology({ ...IDENTIFY, ...(stamp === undefined ? {} : { stamp }) }), ANSWERING],
    () => 1,
  );
  for (const message of messages) running.publish(TOPICS.events, message, message.value.received_at);
  return running;
}

function activities(messages: readonly EventMessage[], stamp?: Stamp): readonly Activity[] {
  return run(messages, stamp)
    .records(TOPICS.activity)
    .flatMap(({ value }) => ((value as ActivityMessage).type === 'Activity' ? [value as { value: Activity }] : []))
    .map(({ value }) => value);
}

test.each([
  [
    { user_agent: FIREFOX, ip: '198.51.100.7' },
    { agent: 'person', network: '', mail_domain: '' },
  ],
  [{}, { agent: '', network: '', mail_domain: '' }],
  [{ user_agent: 'curl/8.5.0' }, { agent: 'program', network: '' }],
  [{ user_agent: 'Googlebot/2.1' }, { agent: 'bot', network: '' }],
  [{ ip: '203.0.113.9' }, { agent: '', network: 'internal' }],
  [{ email: 'Zoe@Ours.Example' }, { network: 'staff', mail_domain: 'ours.example' }],
  [{ user: 'Zoe@Ours.Example' }, { network: 'staff', mail_domain: 'ours.example' }],
  [{ email: 'ann@theirs.example' }, { network: '', mail_domain: 'theirs.example' }],
])('an event with %o is stamped with %o', (told, stamps) => {
  const [one] = activities([submitted(OURS), event({ device: 'd', ...told })]);
  expect(one).toMatchObject({
    ...stamps,
    historic: false,
    lists: !('user_agent' in told) ? '' : expect.stringMatching(/^isbot-[\d.]+\+\d+$/),
  });
});

test('mails opened through image proxies are opened, by nobody who is a bot', () => {
  const agents = ['via ggpht.com GoogleImageProxy', 'YahooMailProxy', 'Mozilla/5.0', 'Outlook-Image-Proxy'];
  const opens = agents.map((user_agent) => event({ name: 'email_opened', email: 'ann@x.org', user_agent }));
  expect(activities([submitted(OURS), ...opens]).map(({ agent }) => agent)).toEqual(Array(4).fill('proxy'));
});

test('what moves keeps its stamps, whatever model and lists are in force by then', () => {
  const [first, , , moved] = activities([
    submitted(OURS),
    event({ device: 'd', ip: '203.0.113.9', user_agent: FIREFOX, occurred_at: T0 - 2 * DAY, received_at: T0 }),
    submitted(excluding('{ ips: [192.0.2.0/24] }'), T0 + 1),
    event({ device: 'e', ip: '203.0.113.9', occurred_at: T0 + 2 }),
    event({ device: 'e', ip: '192.0.2.1', occurred_at: T0 + 3 }),
    event({ device: 'd', user: 'ann', occurred_at: T0 + 4 }),
  ]);
  const { agent, network, mail_domain, lists, historic } = first ?? {};
  expect([agent, network, historic]).toEqual(['person', 'internal', true]);
  expect(moved).toMatchObject({ cause: 'move', agent, network, mail_domain, lists, historic });
});

test('the network is that of the model in force at the moment', () => {
  const visit = (at: number) => event({ device: 'd', ip: '203.0.113.9', occurred_at: at });
  const stamped = activities([
    visit(T0),
    submitted(OURS, T0 + 1),
    visit(T0 + 2),
    submitted(FILES, T0 + 3),
    visit(T0 + 4),
  ]);
  expect(stamped.map(({ network }) => network)).toEqual(['', 'internal', '']);
});

test('an upgrade of the lists leaves verify clean', async () => {
  const today = createStamp();
  const old: Stamp = (one, model) => ({ ...today(one, model), agent: 'bot', lists: 'isbot-1.0.0+0' });
  const messages = [
    submitted(OURS),
    event({ device: 'd', user_agent: FIREFOX, email: 'ann@ours.example', occurred_at: T0 }),
    event({ device: 'd', user_agent: FIREFOX, occurred_at: T0 + 1 }),
    event({ device: 'd', user: 'ann', user_agent: FIREFOX, occurred_at: T0 + 2 }),
  ];
  const log = createMemoryLog({ partitions: { [TOPICS.events]: 1, [TOPICS.activity]: 1, [TOPICS.deadLetters]: 1 } });
  const decided = run(messages, old).records(TOPICS.activity);
  await log.publish(messages.map((value) => ({ topic: TOPICS.events, partition: 0, key: null, value })));
  await log.publish(decided.map(({ key, value }) => ({ topic: TOPICS.activity, partition: 0, key, value })));
  const findings = new Findings();
  const until = { offset: messages.length, cursor: 0 };
  const topology = createIdentifyTopology(IDENTIFY);
  expect(await verifyIdentify(topology, log, until, findings, new AbortController().signal)).toBe(decided.length);
  expect(findings.differences).toEqual([]);
});
