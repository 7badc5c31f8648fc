import { expect, test } from 'vitest';
import type { VerifyProgress } from '#app/cli/ports';
import { Progress } from '#app/verify/progress';
import { createMemoryLog } from '#lib/log/memory/log';

test('tells of each part by its name and what was read for it', async () => {
  const told: VerifyProgress[] = [];
  const progress = new Progress(2, (one) => told.push(one));
  const log = createMemoryLog({ partitions: { t: 1 } });
  const at = { topic: 't', partition: 0 };
  await log.publish([1, 2, 3].map((value) => ({ ...at, key: null, value })));
  const reader = progress.through(log).reader(at, 0);
  const never = new AbortController().signal;

  progress.begin('one');
  await reader.next(1, never);
  await reader.next(1, never);
  progress.begin('two');
  await reader.next(1, never);

  expect(told).toEqual([
    { part: 1, parts: 2, what: 'one', records: 1 },
    { part: 1, parts: 2, what: 'one', records: 2 },
    { part: 2, parts: 2, what: 'two', records: 1 },
  ]);
});
