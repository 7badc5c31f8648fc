import { existsSync } from 'node:fs';
import type { Hosted } from '#app/kafka/hosted';
import { lmdbStores, storeFolder } from '#lib/store/lmdb';

/** How far the stores of a service on this machine are, by share: who has the newest store gets the share. */
export async function storedProgress(dir: string, { sharing, nameOf }: Hosted): Promise<ReadonlyMap<number, number>> {
  const openStore = lmdbStores({ dir });
  const progress = new Map<number, number>();
  for (let share = 0; share < sharing.shares; share++) {
    const task = nameOf(share);
    if (!existsSync(storeFolder(dir, task))) continue;
    const store = await openStore(task);
    const offsets = (store.positions() ?? []).map(({ position }) => position.offset);
    await store.close();
    progress.set(
      share,
      offsets.reduce((sum, offset) => sum + offset, 0),
    );
  }
  return progress;
}
