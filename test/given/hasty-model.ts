import type { ModelFiles } from '#lib/model/model';

/**
 * Two models in which everything happens within minutes, so that what falls due falls together: between two ticks, and often
 * at the same time.
 */
export function hastyModels(): readonly [ModelFiles, ModelFiles] {
  const files = { ...HASTY, 'scoring.yaml': `engine: 4\n${HASTY['scoring.yaml']}` };
  const other = {
    ...files,
    'stages.yaml': HASTY['stages.yaml'].replace('quiet_for: 10m', 'quiet_for: 5m'),
    'scoring.yaml': files['scoring.yaml'].replace('within: 10m', 'within: 5m'),
  };
  return [files, other];
}

const HASTY = {
  'scoring.yaml': `half_life: 1h
rules:
  - id: pricing
    on: page_viewed
    points: 30
  - id: not_opened
    on: email_sent
    unless: { on: email_opened, same: email_id, within: 10m }
    points: 40
  - id: no_trial
    on: page_viewed
    unless: { on: trial_started, same: plan, within: 15m }
    points: -20
`,
  'stages.yaml': `ladder: [visitor, lead, mql]
beside: [dormant, recycled]
not_own: [email_sent, handoff_returned]
moves:
  - id: identified
    from: [visitor]
    to: lead
    reason: gave an address
    when: { identified: true }
  - id: returned
    from: [mql]
    to: recycled
    reason: given back
    when: { on: handoff_returned }
  - id: qualified
    from: [lead]
    to: mql
    reason: score
    when: { score_at_least: 50 }
  - id: asked_again
    from: [recycled]
    to: mql
    reason: asked again
    when: { score_at_least: 50, on: trial_started }
  - id: asleep
    from: [lead, mql, recycled]
    to: dormant
    reason: quiet
    when: { quiet_for: 10m }
  - id: reopened
    from: [dormant]
    to: lead
    reason: active again
    when: { active: true }
`,
  'routing.yaml': `on_stage: mql
reason: became an MQL
method: round_robin
reps:
  - { id: ada, name: Ada Berg, email: ada@example.com }
  - { id: mei, name: Mei Tanaka, email: mei@example.com }
`,
  'programs/guide.yaml': `name: Guide
enter:
  on: page_viewed
  times: 2
  within: 1h
audience: [lead, mql]
reentry_after: 0m
exit_on: [unsubscribed]
steps:
  - { id: guide, after: 0m, channel: mail, template: guide, max_lateness: 24h }
  - { id: call, after: 10m, channel: alert, template: call, max_lateness: 12h }
  - { id: again, after: 20m, channel: alert, template: call, max_lateness: 12h }
`,
  'programs/alert.yaml': `name: Alert
enter:
  stage: mql
audience: [mql]
reentry_after: 0m
steps:
  - { id: alert, after: 0m, channel: alert, template: alert, max_lateness: 12h }
  - { id: later, after: 10m, channel: alert, template: alert, max_lateness: 12h }
`,
};
