import type { Engine } from '#app/embedded/engine';
import { type StageMessage, TOPICS } from '#schemas/topics';
import type { Said } from '#test/bench/storms/said';

/** Events that it looks out for have ids that begin so. */
export const BYSTANDER = 'bystander-';

const PAGE = 1000;

export interface Watching {
  /** Activities that have moved from one owner to another. */
  moved(): number;
  stop(): Promise<void>;
}

/** Notes when bystanders' events have passed score and stage, and when they are rows in ClickHouse. */
export function watch({ log, analyze, subscribe }: Engine, say: (said: Said) => void): Watching {
  const stages = { topic: TOPICS.stages, partition: 0 };
  const decided: { readonly id: string; readonly offset: number }[] = [];
  const stop = new AbortController();
  let moved = 0;
  const now = () => performance.timeOrigin + performance.now();

  async function read(): Promise<void> {
    const reader = log.reader<StageMessage>(stages, 0);
    while (!stop.signal.aborted) {
      for (const { offset, value } of await reader.next(PAGE, stop.signal)) {
        if (!('type' in value) || value.type !== 'Staged') continue;
        const { scored } = value.value;
        if (scored?.cause === 'moved_out') moved += 1;
        const id = scored?.activity?.event_id;
        if (id?.startsWith(BYSTANDER) !== true) continue;
        say({ kind: 'decided', id, at: now() });
        decided.push({ id, offset });
      }
    }
    await reader.close();
  }

  const reading = read();
  const unsubscribe = subscribe(() => {
    const written = analyze
      .flatMap((task) => task.positions() ?? [])
      .filter(({ topic }) => topic === TOPICS.stages)
      .map(({ position }) => position.offset);
    const upTo = Math.min(...written);
    for (let next = decided[0]; next !== undefined && next.offset < upTo; next = decided[0]) {
      say({ kind: 'row', id: next.id, at: now() });
      decided.shift();
    }
  });
  return {
    moved: () => moved,
    async stop() {
      stop.abort();
      unsubscribe();
      await reading;
    },
  };
}
