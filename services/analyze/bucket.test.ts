import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activityBucket, bucketIn, stageBucket, traitBucket } from '#services/analyze/bucket';

const day = fc.integer({ min: 0, max: 65_535 });
const anyText = fc.string({ unit: fc.constantFrom(' ', '\n', 's', '1', '/', '東', 'stage 1 ') });

test('a bucket is told by its text, whatever publishers call their sources and activities', () => {
  fc.assert(
    fc.property(day, fc.constantFrom('visitor', 'follow-up_2'), anyText, (on, stage, text) => {
      expect(bucketIn(stageBucket(on, stage, text))).toEqual({ kind: 'stage', day: on, stage, source: text });
      expect(bucketIn(activityBucket(on, text))).toEqual({ kind: 'activity', day: on, name: text });
      expect(bucketIn(traitBucket(on, text))).toEqual({ kind: 'trait', day: on, trait: text });
    }),
  );
});

test('texts of any length make a key that a store can hold, told by their beginning', () => {
  const long = '東'.repeat(5000);
  for (const bucket of [
    stageBucket(65_535, 'opportunity', long),
    activityBucket(65_535, long),
    traitBucket(65_535, long),
  ]) {
    expect(Buffer.byteLength(`c0:${bucket}`)).toBeLessThan(1978);
  }
  expect(bucketIn(activityBucket(1, long))).toEqual({ kind: 'activity', day: 1, name: '東'.repeat(200) });
});
