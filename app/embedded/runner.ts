import { join } from 'node:path';
import type { ClickHouse } from '#lib/clickhouse/client';
import { createClickHouseSink } from '#lib/clickhouse/sink';
import { systemClock } from '#lib/clock/system';
import type { Log } from '#lib/flow/log';
import type { Sink } from '#lib/flow/ports';
import { Room } from '#lib/flow/room';
import type { RunnerOptions } from '#lib/flow/runner';
import type { TaskObserver } from '#lib/flow/task';
import { lmdbStores } from '#lib/store/lmdb';
import { writeBehindStores } from '#lib/store/write-behind';

/** Writes that a store gathers for so long at most, ms, before it goes to the disk: what a crash has to fold again. */
const WAIT = 10_000;
/** So many at most: they go at once, and others wait for this thread meanwhile. */
const WAITING = 4_000;
/** Where nobody waits for an answer: more, since what changes again is written once. */
const UNWATCHED_WAITING = 100_000;

/** How long one task keeps the others of its thread waiting, ms. */
const TURN = 40;

/** What the tasks of a data folder work with, in whichever thread. */
export function runnerOf(deps: {
  readonly dir: string;
  readonly log: Log;
  readonly clickhouse: Pick<ClickHouse, 'insert'>;
  /** Memory for leads at hand, values read and writes that wait, of all stores of the thread together, bytes. */
  readonly cache: number;
  /** False: time is the log's alone, and nobody waits for an answer. */
  readonly ticks: boolean;
  readonly observer: TaskObserver;
}): RunnerOptions {
  const { dir, log, clickhouse, cache, ticks, observer } = deps;
  return {
    log,
    clock: systemClock,
    turn: TURN,
    sink: createClickHouseSink(clickhouse) as Sink<unknown>,
    openStore: writeBehindStores(lmdbStores({ dir: join(dir, 'stores') }), {
      room: new Room(cache),
      waiting: ticks ? WAITING : UNWATCHED_WAITING,
      wait: WAIT,
      clock: systemClock,
    }),
    observer,
  };
}
