import type { InputPosition } from '#lib/flow/position';
import type { Store, TableReader } from '#lib/flow/store';
import type { Topology } from '#lib/flow/topology';

/** Where a table says in which form its state is. */
const KEY = 'version:';

/** Empties a store that keeps its state in another form than these topologies do: it is rebuilt from the log. */
export async function settleStateVersion(
  store: Store,
  topologies: readonly Topology[],
  start: readonly InputPosition[],
): Promise<void> {
  const known = store.positions() !== undefined;
  if (known && hasStateVersion(store, topologies)) return;
  if (known) await store.clear();
  await store.commit([{ key: KEY, value: versionOf(topologies) }], start, undefined);
}

/** Whether a table keeps its state in the form that these topologies do. */
export function hasStateVersion(table: TableReader, topologies: readonly Topology[]): boolean {
  return table.get(KEY) === versionOf(topologies);
}

function versionOf(topologies: readonly Topology[]): string {
  return topologies.map(({ stateVersion = 1 }) => stateVersion).join('+');
}
