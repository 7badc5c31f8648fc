import type { ModelFiles } from '#lib/model/model';

/** A model with every stage that leads pass in the field, and moves both ways between them. */
export const FULL_LADDER: ModelFiles = {
  'scoring.yaml': `engine: 4
half_life: 30d
exclude: { bots: true }
rules:
  - { id: pricing, on: page_viewed, where: event.path == "/pricing", points: 10 }
  - { id: asked, on: appointment_scheduled, points: 60 }
  - { id: student, on: form_submitted, where: event.properties.role == "student", disqualifies: is a student }
grade:
  grades: { A: 40, B: 20, C: 0 }
  rules:
    - { id: large, where: lead.traits.company_size >= 50, points: 30 }
`,
  'stages.yaml': `ladder: [visitor, lead, mql, sql, opportunity, customer]
beside: [trial, dormant, reopened, recycled, unsubscribed, disqualified]
not_own: [email_sent, handoff_accepted, handoff_returned, opportunity_created, deal_won]
moves:
  - { id: identified, from: [visitor], to: lead, reason: gave an address, when: { identified: true } }
  - { id: unfit, from: [lead, mql, trial], to: disqualified, reason: does not fit, when: { disqualified: true } }
  - { id: left, from: [lead, mql, trial, reopened], to: unsubscribed, reason: unsubscribed, when: { on: unsubscribed } }
  - { id: tries, from: [lead, mql, reopened], to: trial, reason: started a trial, when: { on: trial_started } }
  - { id: tried, from: [trial], to: mql, reason: the trial is over, when: { stayed_for: 14d } }
  - { id: qualified, from: [lead, reopened], to: mql, reason: fits, when: { score_at_least: 50, grade_at_least: B } }
  - { id: cooled, from: [mql], to: lead, reason: interest has faded, when: { score_below: 35 } }
  - { id: accepted, from: [mql], to: sql, reason: sales accepted, when: { on: handoff_accepted } }
  - { id: returned, from: [mql, sql], to: recycled, reason: sales gave it back, when: { on: handoff_returned } }
  - { id: rested, from: [recycled], to: lead, reason: nurtured again, when: { stayed_for: 30d } }
  - { id: opened, from: [sql], to: opportunity, reason: sales sees a deal, when: { on: opportunity_created } }
  - { id: won, from: [lead, opportunity], to: customer, reason: the deal was won, when: { on: deal_won } }
  - { id: asleep, from: [lead, mql, trial], to: dormant, reason: quiet, when: { quiet_for: 90d } }
  - { id: back, from: [dormant], to: reopened, reason: active again, when: { active: true } }
`,
  'routing.yaml': `on_stage: mql
reason: became an MQL
method: round_robin
reps: [{ id: ada, name: Ada Berg, email: ada@example.com }]
`,
};
