import type { ClickHouse } from '#lib/clickhouse/client';
import { codeOf } from '#lib/clickhouse/faults';

/** ClickHouse's codes for a part of a table that cannot be read: CORRUPTED_DATA, CHECKSUM_DOESNT_MATCH. */
const DAMAGED = new Set(['246', '40']);

/**
 * A disk that runs full in a merge can leave a part that nobody can read. What it was merged from is still there for some minutes,
 * and a server that starts goes by that: so it is started again (`renew`), and whoever has asked is answered after all.
 */
export function healing(clickhouse: ClickHouse, renew: () => Promise<void>): ClickHouse {
  return {
    ...clickhouse,
    async rows(sql, params) {
      try {
        return await clickhouse.rows(sql, params);
      } catch (thrown) {
        if (!isDamage(thrown)) throw thrown;
        await renew();
        return clickhouse.rows(sql, params);
      }
    },
    async *query(sql, format) {
      let begun = false;
      try {
        for await (const piece of clickhouse.query(sql, format)) {
          begun = true;
          yield piece;
        }
        return;
      } catch (thrown) {
        if (begun || !isDamage(thrown)) throw thrown;
        await renew();
      }
      yield* clickhouse.query(sql, format);
    },
  };
}

function isDamage(thrown: unknown): boolean {
  return DAMAGED.has(codeOf(thrown instanceof Error ? thrown.cause : thrown));
}
