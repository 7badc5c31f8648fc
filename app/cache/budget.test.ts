import { afterEach, expect, test, vi } from 'vitest';
import { cacheBudget, usualCache } from '#app/cache/budget';

const MEGABYTE = 1024 * 1024;
const GIGABYTE = 1024 * MEGABYTE;

afterEach(() => {
  vi.unstubAllEnvs();
});

test.each([
  [0.5, 32],
  [4, 128],
  [8, 256],
  [24, 512],
])('of a machine with %d GB caches take %d MB', (gigabytes, megabytes) => {
  expect(usualCache(gigabytes * GIGABYTE)).toBe(megabytes * MEGABYTE);
});

test('what the variable says holds in place of that, and what is told in place of both', () => {
  vi.stubEnv('LEADSTREAM_CACHE', '100');
  expect(cacheBudget(undefined)).toBe(100 * MEGABYTE);
  expect(cacheBudget(64)).toBe(64 * MEGABYTE);
});

test.each(['plenty', '31', '1.5'])('a variable that says %s is refused in one line', (text) => {
  vi.stubEnv('LEADSTREAM_CACHE', text);
  expect(() => cacheBudget(undefined)).toThrow(
    `LEADSTREAM_CACHE: '${text}' is no whole number from 32 to 65536; write e.g. 256`,
  );
});
