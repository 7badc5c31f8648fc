import type { Snapshot } from '#app/dashboard/api';
import type { DashboardPorts } from '#app/dashboard/ports';
import { messageOf } from '#lib/flow/errors';

/** What a watcher is told; `problem` is one plain line. */
export interface Watcher {
  readonly update: (snapshot: Snapshot) => void;
  readonly problem: (line: string) => void;
}

/** Reads a snapshot when something changed and tells all watchers: one query for all of them, none without any. */
export interface Feed {
  /** The last snapshot, if there is one, and a new one follow; returns how to stop. */
  watch(watcher: Watcher): () => void;
  close(): void;
}

export interface FeedPace {
  /** Least time between two snapshots, ms; reading them takes at most a fifth of the time however slow it is. */
  readonly least: number;
  /** While events flow, the next look when nothing changes: the rate has to fall; after a problem, the next try. ms */
  readonly idle: number;
}

export const PACE: FeedPace = { least: 500, idle: 5000 };

export function createFeed(
  read: () => Promise<Snapshot>,
  subscribe: DashboardPorts['subscribe'],
  pace: FeedPace = PACE,
): Feed {
  const watchers = new Set<Watcher>();
  let unsubscribe: (() => void) | undefined;
  let timer: NodeJS.Timeout | undefined;
  let reading = false;
  let changed = false;
  let quietUntil = 0;
  let last: Snapshot | undefined;

  const later = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), ms);
  };

  const notice = () => {
    if (changed) return;
    changed = true;
    if (!reading) later(Math.max(0, quietUntil - performance.now()));
  };

  const refresh = async () => {
    reading = true;
    changed = false;
    const started = performance.now();
    let again: boolean;
    try {
      const snapshot = await read();
      if (watchers.size > 0) last = snapshot;
      for (const watcher of watchers) watcher.update(snapshot);
      again = snapshot.stats.rate > 0;
    } catch (thrown) {
      for (const watcher of watchers) watcher.problem(`the numbers cannot be read right now: ${messageOf(thrown)}`);
      again = true;
    }
    reading = false;
    const pause = Math.max(pace.least, 4 * (performance.now() - started));
    quietUntil = performance.now() + pause;
    if (watchers.size === 0) return;
    if (changed) later(pause);
    else if (again) later(Math.max(pace.idle, pause));
  };

  const stop = () => {
    clearTimeout(timer);
    unsubscribe?.();
    unsubscribe = undefined;
    changed = false;
    last = undefined;
  };

  return {
    watch(watcher) {
      watchers.add(watcher);
      if (last !== undefined) watcher.update(last);
      unsubscribe ??= subscribe(notice);
      notice();
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) stop();
      };
    },
    close() {
      watchers.clear();
      stop();
    },
  };
}
