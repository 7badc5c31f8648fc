import fc from 'fast-check';
import { expect, test } from 'vitest';
import { activityBucket, bucketIn, stageBucket } from '#services/analyze/bucket';

const day = fc.integer({ min: 0, max: 65_535 });
const anyText = fc.string({ unit: fc.constantFrom(' ', '\n', 's', '1', '/', '東', 'stage 1 ') });

test('a bucket is told by its text, whatever publishers call their sources and activities', () => {
  fc.assert(
    fc.property(day, fc.constantFrom('visitor', 'follow-up_2'), anyText, (on, stage, text) => {
      expect(bucketIn(stageBucket(on, stage, text))).toEqual({ kind: 'stage', day: on, stage, source: text });
      expect(bucketIn(activityBucket(on, text))).toEqual({ kind: 'activity', day: on, name: text });
    }),
  );
});
