import type { SchemaRegistry } from '#lib/avro/registry';

/** A registry whose schemas may have to be fetched first. */
export interface RemoteRegistry extends SchemaRegistry {
  /** Knows these schemas from here on, or that there are none. Rejects with an outage if it cannot be asked. */
  ensure(ids: Iterable<number>): Promise<void>;
}
