import type { InputPosition } from '#lib/flow/position';
import type { Store } from '#lib/flow/store';
import type { Topology } from '#lib/flow/topology';

/** Where a table says in which form its state is. */
const KEY = 'version:';

/** Empties a store that keeps its state in another form than these topologies do: it is rebuilt from the log. */
export async function settleStateVersion(
  store: Store,
  topologies: readonly Topology[],
  start: readonly InputPosition[],
): Promise<void> {
  const version = topologies.map(({ stateVersion = 1 }) => stateVersion).join('+');
  const known = store.positions() !== undefined;
  if (known && store.get(KEY) === version) return;
  if (known) await store.clear();
  await store.commit([{ key: KEY, value: version }], start, undefined);
}
