import { DAY, type Memory } from '#app/dashboard/fixtures/memory';
import { activityRow, funnelRows, handoffRow, leadRow, stageChangeRow, triggerRow } from '#app/dashboard/fixtures/rows';

const HOUR = 3_600_000;

/** A few weeks of a small company's leads: enough of everything to look at. */
export function settle(memory: Memory, now: number): void {
  const { tables } = memory;
  memory.events = 48_213;
  memory.deadLetters = 3;
  memory.joins = { open_joins: 2, oldest_join: Date.UTC(2026, 4, 1) };
  tables.funnel.splice(0, tables.funnel.length, ...funnelRows(FUNNEL));
  PEOPLE.forEach(([email, stage, score, source], index) => {
    const id = idOf(index);
    const last = now - index * index * 9 * 60_000 - 40_000;
    const times = { first_seen_ms: now - (31 + index) * DAY, last_seen_ms: last, stage_since_ms: last - 2 * DAY };
    const row = leadRow(id, email, last, { stage, score, source, activities: 11 + ((index * 7) % 23), ...times });
    tables.leads.push(row);
    memory.names.set(email, id);
  });
  TRIGGERS.forEach(([program, step, channel, suppressed_by], index) => {
    const more = { program, step, channel, suppressed_by };
    tables.triggers.push(triggerRow(`t${index}`, idOf(index % PEOPLE.length), now - (index * 17 + 1) * 60_000, more));
  });
  ['aiko', 'ben', 'clara', 'aiko', 'ben', 'clara'].forEach((rep, index) => {
    const score = PEOPLE[index]?.[2] ?? 0;
    tables.handoffs.push(handoffRow(`h${index}`, idOf(index), now - (index * 43 + 3) * 60_000, { rep, score }));
  });
  follow(memory, idOf(0), now);
}

/** The lead whose history is told in full. */
export function idOf(index: number): string {
  return ((index + 11) * 2_654_435_761 * 97_003).toString(16).padStart(16, '7').slice(0, 16).repeat(2);
}

function follow(memory: Memory, lead: string, now: number): void {
  let score = 0;
  let before = now;
  const contributions = STORY.map(([daysAgo, name, points, rule], index) => {
    const at = now - daysAgo * DAY - index * HOUR;
    return { name, rule, event_id: `e-${index}`, model_version: '5f2c91ab', occurred_at: at, raw: points };
  });
  for (const [index, entry] of contributions.entries()) {
    score *= index === 0 ? 1 : 2 ** (-(entry.occurred_at - before) / (30 * DAY));
    before = entry.occurred_at;
    const [, , , , about, cause] = STORY[index] ?? [];
    const stage_before = score >= 50 ? 'mql' : index > 2 ? 'lead' : 'visitor';
    const stage_after = score + entry.raw >= 50 ? 'mql' : index > 1 ? 'lead' : 'visitor';
    const effect = { score_before: score, score_after: score + entry.raw, stage_before, stage_after };
    const more = { ...effect, name: entry.name, cause: cause ?? 'live', ...about };
    memory.tables.activities.unshift(activityRow(entry.event_id, lead, entry.occurred_at, more));
    score += entry.raw;
  }
  memory.contributions.set(
    lead,
    contributions.filter((entry) => entry.raw !== 0),
  );
  memory.tables.stage_changes.push(
    { ...stageChangeRow(lead, 'lead', 'mql', now - 1 * DAY - 9 * HOUR), reason: 'the score reached 50' },
    stageChangeRow(lead, 'visitor', 'lead', now - 24 * DAY - 2 * HOUR),
    { ...stageChangeRow(lead, '', 'visitor', now - 31 * DAY), reason: 'first activity' },
  );
}

const FUNNEL = [
  ['visitor', 2417, 1190],
  ['lead', 1227, 884],
  ['mql', 318, 141],
  ['sql', 164, 72],
  ['opportunity', 81, 38],
  ['customer', 43, 43],
  ['dormant', 61, 45],
  ['recycled', 14, 4],
  ['disqualified', 0, 0],
] as const;

const PEOPLE = [
  ['maria.santos@nordwind.example', 'mql', 66.9, 'google'],
  ['佐藤.花子@例え.jp', 'sql', 65.1, 'webinar'],
  ['j.okonkwo@brightpath.example', 'mql', 64.8, 'linkedin.com'],
  ['lena@studio-ferm.example', 'opportunity', 63, 'newsletter'],
  ['tomasz.zielinski@hutnik.example', 'sql', 61.3, 'google'],
  ['priya.raman@latticeworks.example', 'mql', 57.2, 'google'],
  ['σοφία@παράδειγμα.example', 'customer', 44.9, 'partner'],
  ['d.whitfield@oakandsons.example', 'lead', 38.6, ''],
  ['amira.haddad@souk.example', 'lead', 31, 'linkedin.com'],
  ['', 'visitor', 20, 'google'],
  ['erik@fjordlogistik.example', 'lead', 12.7, 'google'],
  ['', 'visitor', 10, ''],
  ['paulo@antiga.example', 'dormant', 0.3, 'newsletter'],
] as const;

const TRIGGERS = [
  ['comparison-guide', 'send_guide', 'mail', ''],
  ['hot-lead', 'alert_sales', 'alert', ''],
  ['white-paper', 'case_study', 'mail', ''],
  ['white-paper', 'webinar_invitation', 'mail', 'historic'],
  ['comparison-guide', 'send_guide', 'mail', ''],
  ['white-paper', 'demo_offer', 'mail', 'unsubscribed'],
] as const;

const STORY: readonly (readonly [number, string, number, string, object?, string?])[] = [
  [31, 'page_viewed', 0, '', { path: '/', title: 'Nordwind: start', source: 'google', campaign: 'spring' }, 'move'],
  [29, 'page_viewed', 10, 'pricing_page', { path: '/pricing', title: 'Pricing' }, 'move'],
  [24, 'form_submitted', 0, '', { path: '/white-paper', properties: '{"form":"white-paper"}' }],
  [24, 'subscribed', 5, 'subscribes', { path: '', properties: '{"list":"newsletter"}' }],
  [21, 'email_opened', 5, 'opens_mail', { path: '', properties: '{"email_id":"case-study-1"}' }],
  [20, 'email_clicked', 10, 'clicks_mail', { path: '', properties: '{"email_id":"case-study-1","link":"/case"}' }],
  [11, 'email_sent', -10, 'mail_not_opened', { path: '', properties: '{"email_id":"webinar-2"}' }],
  [6, 'page_viewed', 10, 'pricing_page', { path: '/pricing/teams', title: '料金プラン' }],
  [
    2,
    'appointment_scheduled',
    25,
    'schedules_appointment',
    { path: '', properties: '{"with":"Ben Okafor","minutes":30}' },
  ],
  [1, 'email_replied', 15, 'replies_to_mail', { path: '', properties: '{"email_id":"hello-3"}' }],
  [0, 'page_viewed', 10, 'pricing_page', { path: '/pricing', title: 'Pricing' }],
];
