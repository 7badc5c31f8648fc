import { expect, test } from 'vitest';
import { readNotes } from '#app/model-notes/notes';
import { edited, FILES, modelOf } from '#lib/model/given';
import type { ModelFiles } from '#lib/model/model';

interface Sent {
  readonly behaviours?: readonly string[];
  readonly traits?: readonly string[];
  readonly properties?: readonly (readonly [behaviour: string, property: string])[];
  readonly stages?: readonly (readonly [stage: string, leads: number])[];
}

const EVERYTHING: Sent = { behaviours: ['page_viewed', 'demo_requested'], properties: [['demo_requested', 'seats']] };

async function notesOn(files: ModelFiles, sent: Sent, inForce: ModelFiles = files): Promise<readonly string[]> {
  const query = async (sql: string) => {
    if (sql.includes('FROM trait_counters')) return (sent.traits ?? []).map((name) => ({ name }));
    if (sql.includes('FROM activity_counters')) return (sent.behaviours ?? []).map((name) => ({ name }));
    if (sql.includes('FROM leads')) return (sent.stages ?? []).map(([stage, leads]) => ({ stage, leads }));
    return (sent.properties ?? []).map(([behaviour, property]) => ({ behaviour, property }));
  };
  return readNotes(query, files, modelOf(files), modelOf(inForce));
}

const graded = (where: string): ModelFiles => ({
  ...FILES,
  'scoring.yaml': `${FILES['scoring.yaml']}grade:\n  grades: { A: 10 }\n  rules:\n    - { id: large, where: ${where}, points: 20 }\n`,
});

test('a model that waits for what was sent has no notes, and neither has one beside an empty folder', async () => {
  expect(await notesOn(FILES, EVERYTHING)).toEqual([]);
  expect(await notesOn(edited('scoring.yaml', 'on: page_viewed', 'on: calculator_used'), {})).toEqual([]);
});

test('a custom behaviour that nobody ever sent is told, with the one that was meant; a standard one is not', async () => {
  const rule = edited('scoring.yaml', 'on: page_viewed', 'on: demo_requestd');
  expect(await notesOn(rule, EVERYTHING)).toEqual([
    'scoring.yaml:5 nobody ever sent the behaviour demo_requestd; did you mean demo_requested?',
  ]);
  expect(await notesOn(FILES, { ...EVERYTHING, behaviours: ['demo_requested'] })).toEqual([]);
});

test('so is what only ends a program, or only answers', async () => {
  const exit = edited('programs/guide.yaml', 'exit_on: [unsubscribed]', 'exit_on: [unsubscribed, plan_bought]');
  expect(await notesOn(exit, EVERYTHING)).toEqual(['programs/guide.yaml:9 nobody ever sent the behaviour plan_bought']);
  const answer = edited('scoring.yaml', '{ on: email_opened,', '{ on: page_printed,');
  expect(await notesOn(answer, EVERYTHING)).toEqual(['scoring.yaml:15 nobody ever sent the behaviour page_printed']);
});

test('what the model lists as the doing of others is taken as it is', async () => {
  const files = edited('stages.yaml', 'not_own: [email_sent]', 'not_own: [email_sent, demo_requested]');
  expect(await notesOn(files, { behaviours: ['page_viewed'] })).toEqual([]);
});

test('a property that a behaviour never had is told, once the behaviour came', async () => {
  const unseen = { ...EVERYTHING, properties: [] };
  expect(await notesOn(FILES, unseen)).toEqual(['stages.yaml:19 no demo_requested ever had the property seats']);
  expect(await notesOn(FILES, { ...unseen, behaviours: ['page_viewed'] })).toEqual([
    'stages.yaml:19 nobody ever sent the behaviour demo_requested',
  ]);
});

test('a trait that nobody ever sent is told, once any trait came', async () => {
  const files = graded('lead.traits.company_size >= 50');
  expect(await notesOn(files, EVERYTHING)).toEqual([]);
  expect(await notesOn(files, { ...EVERYTHING, traits: ['company_size'] })).toEqual([]);
  expect(await notesOn(files, { ...EVERYTHING, traits: ['companysize', 'title'] })).toEqual([
    'scoring.yaml:21 nobody ever sent the trait company_size; did you mean companysize?',
  ]);
});

test('a program that ends, and leads in a stage that is no more, are told', async () => {
  const { 'programs/guide.yaml': _, ...without } = FILES;
  const sent = {
    ...EVERYTHING,
    stages: [
      ['lead', 4],
      ['trial', 2],
    ] as const,
  };
  expect(await notesOn(without, sent, FILES)).toEqual([
    'programs/guide.yaml is no longer there: whoever is in the program leaves it',
    'stages.yaml has no stage trial, and 2 leads are in it: no move leads on from there',
  ]);
});
