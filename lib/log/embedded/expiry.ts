import { FlowError } from '#lib/flow/errors';
import type { Clock } from '#lib/flow/ports';
import { partitionName } from '#lib/flow/position';
import { writtenAtOf } from '#lib/log/embedded/chunk';
import { sizeOf } from '#lib/log/embedded/chunk-key';
import { type ChunkDatabase, chunksOf } from '#lib/log/embedded/chunks';
import { numberAt, type SettingKey, type Settings } from '#lib/log/embedded/settings';
import type { Slot } from '#lib/log/embedded/slot';
import { oldestPositions } from '#lib/log/embedded/task';
import type { GroupWriter, Removal } from '#lib/log/embedded/writer';
import { DAY, DEFAULT_RETENTION_DAYS } from '#lib/log/retention';

export interface Retention {
  readonly clock: Clock;
  /** How long what expires is kept, days: noted in the log, for whoever opens it after that. Undefined: as noted. */
  readonly days?: number | undefined;
}

export interface ExpiryDeps extends Retention {
  /** The partitions whose records expire. */
  readonly slots: readonly Slot[];
  readonly chunks: ChunkDatabase;
  readonly settings: Settings;
  readonly writer: GroupWriter;
}

/** Between two looks, ms. */
const PAUSE = 3_600_000;

/** Chunks that leave in one transaction, at most: others write meanwhile. */
const AT_ONCE = 250;

const DAYS: SettingKey = ['retention', 'days'];
const BEGUN: SettingKey = ['retention', 'begun'];

/**
 * Removes what has been kept for long enough: at once, and every hour until the returned function is called. A chunk leaves
 * when its oldest record is a day older than is asked for, since it holds records of a day, and only when every task that
 * ever read its partition has passed it: nobody loses what it had still to read.
 */
export function startExpiry(deps: ExpiryDeps): () => Promise<void> {
  const { clock, slots } = deps;
  const stop = new AbortController();
  const work = async (): Promise<void> => {
    while (!stop.signal.aborted) {
      try {
        const since = await settle(deps);
        for (const slot of slots) await expire(deps, slot, since, stop.signal);
      } catch (thrown) {
        // A full disk, or none: whoever writes hears of it, and the next look comes.
        if (!(thrown instanceof FlowError && thrown.retriable)) throw thrown;
      }
      await clock.sleep(PAUSE, stop.signal);
    }
  };
  const working = work();
  return () => {
    stop.abort();
    return working;
  };
}

/** What was written before `time` may leave; a chunk of an older version counts as written at `begun`. */
interface Since {
  readonly time: number;
  readonly begun: number;
}

/** Notes what has to be known the next time, too. */
async function settle({ clock, days: asked, settings, writer }: ExpiryDeps): Promise<Since> {
  const now = clock.now();
  const begun = numberAt(settings, BEGUN, now);
  const noted = numberAt(settings, DAYS, DEFAULT_RETENTION_DAYS);
  const days = asked ?? noted;
  const changes = [
    ...(settings.get(BEGUN) === undefined ? [{ key: BEGUN, value: begun }] : []),
    ...(days === noted ? [] : [{ key: DAYS, value: days }]),
  ];
  if (changes.length > 0) await writer.write({ appends: [], settings: changes });
  return { time: now - (days + 1) * DAY, begun };
}

async function expire({ chunks, settings, writer }: ExpiryDeps, slot: Slot, since: Since, stop: AbortSignal) {
  for (;;) {
    const removal = oldestOf(slot, chunks, since, oldestPositions(settings).get(partitionName(slot.at)) ?? 0);
    if (removal.removed.length === 0 || stop.aborted) return;
    await writer.remove(removal);
  }
}

/** What may leave of a partition that all tasks have read up to `passed`. */
function oldestOf(slot: Slot, chunks: ChunkDatabase, { time, begun }: Since, passed: number): Removal {
  const removed: number[] = [];
  let [bytes, start] = [0, slot.start];
  let last: { readonly offset: number; readonly size: number } | undefined;
  /** A chunk ends where the next one begins. */
  const take = (end: number): boolean => {
    if (last === undefined) return true;
    if (end > passed || removed.length === AT_ONCE) return false;
    removed.push(last.offset);
    bytes += last.size;
    start = end;
    return true;
  };
  for (const { offset, bytes: stored } of chunksOf(chunks, slot, 0, 'on')) {
    if (offset >= slot.end || !take(offset)) return { slot, removed, bytes, start };
    last = (writtenAtOf(stored) ?? begun) < time ? { offset, size: sizeOf(stored) } : undefined;
    if (last === undefined) return { slot, removed, bytes, start };
  }
  take(slot.end);
  return { slot, removed, bytes, start };
}
