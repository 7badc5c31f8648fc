import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkModel } from '#app/check/check';
import { createFoldHarness } from '#app/check/folds';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { readModel, readModelTests } from '#lib/model/files';
import { BEHAVIOURS } from '#schemas/generated/behaviours';

/** What a person does of their own accord. Every other standard behaviour is done by others, or by their systems. */
const OWN = [
  'appointment_scheduled',
  'asset_downloaded',
  'booking_canceled',
  'email_clicked',
  'email_opened',
  'email_replied',
  'form_submitted',
  'page_viewed',
  'subscribed',
  'trial_started',
  'webinar_attended',
  'webinar_registered',
];

const folder = fileURLToPath(new URL('../../model', import.meta.url));

test('the model in model/ has no faults, and the services keep every promise written beside it', async () => {
  const harness = createFoldHarness({ compile: createCompiler(), hash: sha256 });

  const { faults, tests } = checkModel(await readModel(folder), await readModelTests(folder), harness);

  expect(faults).toEqual([]);
  expect(tests.filter(({ passed }) => !passed)).toEqual([]);
  expect(tests.length).toBeGreaterThan(30);
});

test("the model in model/ takes nothing but a person's own doing for a sign of life", async () => {
  const compiled = createCompiler()(await readModel(folder));
  expect(compiled.ok && BEHAVIOURS.filter(compiled.model.stages.isOwn).toSorted()).toEqual(OWN);
  expect(compiled.ok && compiled.model.stages.isOwn('calculator_used')).toBe(true);
});
