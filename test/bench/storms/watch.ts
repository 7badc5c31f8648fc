import type { Engine } from '#app/embedded/engine';
import { type StageMessage, TOPICS } from '#schemas/topics';
import type { Said } from '#test/bench/storms/said';

/** Events that it looks out for have ids that begin so. */
export const BYSTANDER = 'bystander-';

const PAGE = 1000;

export interface Watching {
  /** Activities that have moved from one owner to another. */
  moved(): number;
  /** Says when so many have, and are rows. */
  awaitMoved(activities: number): void;
  stop(): Promise<void>;
}

/** Notes when bystanders' events have passed score and stage, and when they are rows in ClickHouse. */
export function watch({ log, analyze, subscribe }: Engine, say: (said: Said) => void): Watching {
  const partitions = Array.from({ length: log.partitions(TOPICS.stages) }, (_, partition) => partition);
  /** By partition: offsets that are looked out for, in their order, and what is told when they are rows. */
  const waiting = partitions.map((): { readonly offset: number; readonly tell: () => void }[] => []);
  const stop = new AbortController();
  let moved = 0;
  let awaited = Number.POSITIVE_INFINITY;
  const now = () => performance.timeOrigin + performance.now();

  /** When the last records that were read are rows in all partitions. */
  function sayMoved(): void {
    if (moved < awaited) return;
    awaited = Number.POSITIVE_INFINITY;
    let left = partitions.length;
    const tell = () => {
      if (--left === 0) say({ kind: 'moved', at: now() });
    };
    for (const partition of partitions) waiting[partition]?.push({ offset: read[partition] ?? -1, tell });
    tellRows();
  }

  const read = partitions.map(() => -1);
  async function readAll(partition: number): Promise<void> {
    const reader = log.reader<StageMessage>({ topic: TOPICS.stages, partition }, 0);
    while (!stop.signal.aborted) {
      for (const { offset, value } of await reader.next(PAGE, stop.signal)) {
        read[partition] = offset;
        if (!('type' in value) || value.type !== 'Staged') continue;
        const { scored } = value.value;
        if (scored?.cause === 'moved_out') moved += 1;
        const id = scored?.activity?.event_id;
        if (id?.startsWith(BYSTANDER) !== true) continue;
        say({ kind: 'decided', id, at: now() });
        waiting[partition]?.push({ offset, tell: () => say({ kind: 'row', id, at: now() }) });
      }
      tellRows();
      sayMoved();
    }
    await reader.close();
  }

  function tellRows(): void {
    const written = analyze.flatMap((task) => task.positions() ?? []).filter(({ topic }) => topic === TOPICS.stages);
    for (const partition of partitions) {
      const own = written.filter((position) => position.partition === partition);
      const upTo = Math.min(...own.map(({ position }) => position.offset));
      const queue = waiting[partition] ?? [];
      for (let next = queue[0]; next !== undefined && next.offset < upTo; next = queue[0]) {
        next.tell();
        queue.shift();
      }
    }
  }

  const reading = partitions.map(readAll);
  const unsubscribe = subscribe(tellRows);
  return {
    moved: () => moved,
    awaitMoved(activities) {
      awaited = activities;
      sayMoved();
    },
    async stop() {
      stop.abort();
      unsubscribe();
      await Promise.all(reading);
    },
  };
}
