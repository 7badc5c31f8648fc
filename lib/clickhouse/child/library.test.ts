import { expect, test, vi } from 'vitest';
import { clickHouseLibrary } from '#lib/clickhouse/child/library';

test('where there is no ClickHouse, one plain line says where there is one', () => {
  vi.stubEnv('CHDB_LIBCHDB_PATH', '/nowhere/libchdb.so');
  expect(clickHouseLibrary).toThrow(
    `there is no ClickHouse for ${process.platform} on ${process.arch} here: it comes for Linux (glibc) and macOS, on x64 and arm64, with "npm install"`,
  );
  vi.unstubAllEnvs();
});
