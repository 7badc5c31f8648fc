import { expect, test } from 'vitest';
import { TOPICS } from '#schemas/topics';
import { DAY, openPipeline, shippedModel } from '#test/guide/pipeline';

/**
 * # 17. Change the model
 *
 *     leadstream check && leadstream apply
 *
 * A model is put into the log like any other record, with its full text, and governs what comes after it. So the log
 * alone tells under which rules a decision was made, and a recomputation makes the same ones.
 */
test('a new model counts for what comes after it; what was counted before stays with the old one', async () => {
  const leadstream = await openPipeline();
  await leadstream.track('ann', 'Subscribed');

  const version = await leadstream.apply({ ...shippedModel, 'scoring.yaml': subscriptionGives(20) });
  await leadstream.track('ann', 'Subscribed');

  const [before, after] = leadstream.explain('ann').contributions;
  expect(before).toMatchObject({ rule: 'subscribed', raw: 5 });
  expect(after).toMatchObject({ rule: 'subscribed', raw: 20, model_version: version });
  expect(before?.model_version).not.toBe(version);
});

test('a model that is in force already is not applied again', async () => {
  const leadstream = await openPipeline();

  await leadstream.apply(shippedModel);

  expect(leadstream.records(TOPICS.activity, 'ModelApplied')).toHaveLength(1);
});

/** Nobody is left between two versions of a program: who has entered one goes through it as it was then. */
test('a lead in a program keeps the version that it entered', async () => {
  const leadstream = await openPipeline();
  await leadstream.meet('ann', 'ann@example.com');
  await leadstream.track('ann', 'Asset Downloaded', { asset_type: 'white_paper' });

  const path = shippedModel['programs/white-paper.yaml'] ?? '';
  await leadstream.apply({ ...shippedModel, 'programs/white-paper.yaml': path.replace('after: 2d', 'after: 4d') });
  await leadstream.meet('bob', 'bob@example.com');
  await leadstream.track('bob', 'Asset Downloaded', { asset_type: 'white_paper' });
  leadstream.passes(3 * DAY);

  expect(leadstream.triggers('ann')).toEqual(['white-paper/case_study']);
  expect(leadstream.triggers('bob')).toEqual([]);
});

/** A program that is deleted ends for everybody, with a record for each lead that was in it. */
test('a program whose file is deleted ends for who is in it', async () => {
  const leadstream = await openPipeline();
  await leadstream.meet('ann', 'ann@example.com');
  await leadstream.track('ann', 'Asset Downloaded', { asset_type: 'white_paper' });

  const { 'programs/white-paper.yaml': _removed, ...without } = shippedModel;
  await leadstream.apply(without);
  leadstream.passes(20 * DAY);

  expect(leadstream.triggers('ann')).toEqual(['white-paper/case_study (program_deleted)']);
});

function subscriptionGives(points: number): string {
  const scoring = shippedModel['scoring.yaml'] ?? '';
  return scoring.replace('on: subscribed\n    points: 5', `on: subscribed\n    points: ${points}`);
}
