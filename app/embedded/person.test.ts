import { expect, test } from 'vitest';
import { openPipeline } from '#test/guide/pipeline';

test.each([
  'ann',
  ' ann ',
  'ann@bücher.example',
  'ANN@BÜCHER.EXAMPLE',
  'ann@xn--bcher-kva.example',
  'Ann Lee <ann@bücher.example>',
  'mailto:ann@bücher.example?subject=Hi',
  '\u200bann@bücher.example.',
])('a lead is found as %j', async (reference) => {
  const pipeline = await openPipeline();
  await pipeline.meet('ann', 'Ann <mailto:ann@bu\u0308cher.example>');
  await pipeline.meet('bob', 'bob@x.example');

  const found = pipeline.leadId(reference);
  expect(found).toBe(pipeline.leadId('ann'));
  expect(found).not.toBe(pipeline.leadId('bob'));
});
