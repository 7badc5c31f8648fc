import { LRUCache } from 'lru-cache';
import type { Clock } from '#lib/flow/ports';

export interface SchemasById {
  /** undefined for an id that is not known, or not yet. */
  get(id: number): unknown;
  set(id: number, schema: unknown): void;
  /**
   * Fetches those that are not known: each once, however many ask. An id that does not exist is not asked for again for a
   * minute. Rejects as `fetch` does; what was fetched until then is kept.
   */
  ensure(ids: Iterable<number>): Promise<void>;
}

/** An id that was not found may still come to be known: a publisher registers it at this moment, or the registry lags. */
const MISS_MS = 60_000;
/** Bytes that only look like messages name ids that nobody has: no memory without end for these. */
const MOST_MISSES = 10_000;
const AT_ONCE = 8;
/**
 * A replica of the registry knows a new schema a moment after the publisher does: only the last "not found" counts. Pauses
 * before it is asked again, ms.
 */
const ASK_AGAIN = [100, 400, 1_000];

/** `fetch` resolves to undefined for an id that does not exist. */
export function createSchemasById(fetch: (id: number) => Promise<unknown>, clock: Clock): SchemasById {
  const schemas = new Map<number, unknown>();
  const misses = new LRUCache<number, number>({ max: MOST_MISSES });
  const fetching = new Map<number, Promise<void>>();

  async function settle(id: number): Promise<void> {
    let schema = await fetch(id);
    for (const pause of ASK_AGAIN) {
      if (schema !== undefined) break;
      await clock.sleep(pause);
      schema = await fetch(id);
    }
    if (schema === undefined) misses.set(id, clock.now());
    else schemas.set(id, schema);
  }

  function shared(id: number): Promise<void> {
    const running = fetching.get(id);
    if (running !== undefined) return running;
    const started = settle(id).finally(() => fetching.delete(id));
    fetching.set(id, started);
    return started;
  }

  function isSettled(id: number): boolean {
    if (schemas.has(id)) return true;
    const missedAt = misses.get(id);
    return missedAt !== undefined && clock.now() - missedAt < MISS_MS;
  }

  return {
    get: (id) => schemas.get(id),
    set: (id, schema) => void schemas.set(id, schema),
    async ensure(ids) {
      const wanted = [...new Set(ids)].filter((id) => !isSettled(id));
      while (wanted.length > 0) await Promise.all(wanted.splice(0, AT_ONCE).map(shared));
    },
  };
}
