import { createCompiler } from '#lib/model/compile';
import type { Model, ModelFault, ModelFiles } from '#lib/model/model';
import { subjectOf } from '#lib/model/subject';
import type { Activity } from '#schemas/generated/records';
import { activity } from '#test/given/activity';

/** What the tests of this folder are given. */

/** A small model without faults. */
export const FILES: ModelFiles = {
  'scoring.yaml': `engine: 4
half_life: 30d
rules:
  - id: pricing_page_viewed
    on: page_viewed
    where: event.path == "/pricing"
    points: 10
  - id: email_opened
    on: email_opened
    once_per: email_id
    points: 5
    half_life: none
  - id: email_not_opened
    on: email_sent
    unless: { on: email_opened, same: email_id, within: 7d }
    points: -10
    half_life: 90m
`,
  'stages.yaml': `ladder: [visitor, lead, mql]
beside: [dormant]
not_own: [email_sent]
moves:
  - id: identified
    from: [visitor]
    to: lead
    reason: gave an address
    when: { identified: true }
  - id: qualified
    from: [lead]
    to: mql
    reason: score of 50 or more
    when: { score_at_least: 50 }
  - id: asked
    from: [lead]
    to: mql
    reason: asked for a large demo
    when: { on: [demo_requested, form_submitted], where: event.properties.seats >= 10 }
  - id: asleep
    from: [lead, mql]
    to: dormant
    reason: quiet
    when: { quiet_for: 90d }
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
  where: event.path == "/pricing"
  times: 3
  within: 7d
audience: [lead, mql]
reentry_after: never
exit_on: [unsubscribed]
steps:
  - { id: guide, after: 0d, channel: mail, template: guide, max_lateness: 24h }
  - { id: call, after: 2d, channel: alert, template: call, max_lateness: 12h }
`,
  'programs/alert.yaml': `name: Alert
enter:
  stage: mql
audience: [mql]
reentry_after: 0d
steps:
  - { id: alert, after: 0d, channel: alert, template: alert, max_lateness: 12h }
`,
};

/** The small model with one place of one file written differently. */
export function edited(file: string, written: string, instead: string): ModelFiles {
  const text = FILES[file] ?? '';
  if (!text.includes(written)) throw new Error(`${file} does not contain ${written}`);
  return { ...FILES, [file]: text.replace(written, () => instead) };
}

export function faultsOf(files: ModelFiles): readonly ModelFault[] {
  const compiled = createCompiler()(files);
  return compiled.ok ? [] : compiled.faults;
}

export function modelOf(files: ModelFiles): Model {
  const compiled = createCompiler()(files);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.faults));
  return compiled.model;
}

export function subject(over: Partial<Activity> = {}, properties: { readonly [name: string]: unknown } = {}) {
  return subjectOf(activity({ ...over, properties: JSON.stringify(properties) }));
}
