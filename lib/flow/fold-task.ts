import { commit } from '#lib/flow/commit';
import { FlowError } from '#lib/flow/errors';
import { FoldMachine } from '#lib/flow/fold-machine';
import { limited } from '#lib/flow/limited';
import type { Log, LogReader, LogRecord, Outgoing, TaskLog } from '#lib/flow/log';
import { asOwner } from '#lib/flow/ownership';
import type { Clock, Sink } from '#lib/flow/ports';
import { comparePositions, type InputPosition, type Position, START } from '#lib/flow/position';
import { readable } from '#lib/flow/readable';
import { refold, storedPosition } from '#lib/flow/refold';
import { foldTaskName } from '#lib/flow/start-over';
import { settleStateVersion } from '#lib/flow/state-version';
import type { OpenStore, Store } from '#lib/flow/store';
import { countByTopic, keepRunning, type Opened, type Restored, type Task, type TaskObserver } from '#lib/flow/task';
import { type FoldTopology, topicsOf } from '#lib/flow/topology';

export interface FoldTaskOptions {
  /** Neighbouring folds, run one after another on each record; each writes its own topic. */
  readonly chain: readonly [FoldTopology, ...FoldTopology[]];
  readonly partition: number;
  readonly log: Log;
  readonly openStore: OpenStore;
  readonly sink?: Sink<unknown> | undefined;
  readonly clock: Clock;
  readonly observer: TaskObserver;
  /** A commit holds at most so many records and steps; memory is bounded by them. */
  readonly maxRecords: number;
  readonly maxSteps: number;
  /** Least time between two commits, ms: fewer, larger inserts into the sink. 0: commit what is there. */
  readonly linger: number;
  /** Where no record has come for so long, ms, that time is not waited for; absent: it is. */
  readonly quiet?: number | undefined;
  /** A batch keeps the other tasks of the process waiting for about so long at most, ms; absent: as long as it needs. */
  readonly turn?: number;
}

interface Session {
  readonly taskLog: TaskLog;
  readonly store: Store;
  readonly reader: LogReader;
  /** Where the store and the log stand. */
  readonly position: Position;
}

/** What a batch leaves to others that goes on after its turn, ms. */
const BREATH = 1;

/** The task of one partition of a fold, or of a chain of folds. */
export function createFoldTask(options: FoldTaskOptions): Task {
  const { chain, partition, log, clock, observer, turn = Infinity, quiet = Infinity } = options;
  const name = foldTaskName(chain, partition);
  const input = { topic: chain[0].input, partition };
  const emitsRows = chain.some(({ output }) => output === undefined);
  const topics = chain.flatMap(topicsOf);
  let store: Store | undefined;
  let committedAt: readonly InputPosition[] | undefined;

  const at = (position: Position): InputPosition[] => [{ ...input, position }];

  /** The numbered steps of opening; the first is that of its session. What they open is closed through `opened`. */
  async function open(taskLog: TaskLog, began: number, opened: Opened, signal: AbortSignal): Promise<Session> {
    // 2. Read the committed position, which no older owner can move any more.
    const committed = (await taskLog.positions([input]))[0]?.position ?? (await create(taskLog));
    // 3. A store ahead of the log is not its fold, and one in another form cannot be read: rebuild it.
    const own = await options.openStore(name);
    opened.push(() => own.close());
    if (comparePositions(storedPosition(own), committed) > 0) await own.clear();
    await settleStateVersion(own, chain, at(START));
    // 4. Re-fold from the store's own position to the committed one, with emission off.
    const onProgress = (progress: Restored) => observer.restoring?.(name, progress);
    await refold({ ...options, input, onProgress }, own, committed, signal);
    signal.throwIfAborted();
    // 5. Go on from there.
    const reader = log.reader(input, committed.cursor > 0 ? committed.offset + 1 : committed.offset);
    opened.push(() => reader.close());
    store = own;
    committedAt = at(committed);
    observer.opened?.(name, { positions: committedAt, took: clock.now() - began });
    return { taskLog, store: own, reader, position: committed };
  }

  /** Position 0 is committed at creation. A task that has written is not new: starting over would send everything again. */
  async function create(taskLog: TaskLog): Promise<Position> {
    for (const topic of topics) {
      if ((await log.end({ topic, partition })) > 0) {
        throw new FlowError(
          'position_lost',
          `${name} has written ${topic}/${partition} but its position in ${input.topic}/${partition} is gone, and starting from 0 would send everything again; find it from what was written, with: leadstream recover ${chain.map(({ service }) => service).join('+')}`,
          { retriable: false },
        );
      }
    }
    await taskLog.commit([], at(START));
    return START;
  }

  async function work(
    { taskLog, store: table, reader, ...at0 }: Session,
    opened: Opened,
    signal: AbortSignal,
  ): Promise<void> {
    let position = at0.position;
    /** Read, the next one last: what is folded goes at once, since commits of other tasks may come before the next page. */
    let queue: LogRecord[] = [];
    let lastCommit = Number.NEGATIVE_INFINITY;
    let before = table.positions();
    const machine = new FoldMachine(chain, table, position, table.room);
    opened.push(async () => machine.close());
    while (!signal.aborted) {
      const outputs: Outgoing[] = [];
      const emittedRows: unknown[] = [];
      let records = 0;
      observer.turned?.(name, 'folding');
      let began = clock.now();
      for (let steps = 0; steps < options.maxSteps; steps++) {
        if (clock.now() - began >= turn) {
          if (!emitsRows) break;
          await clock.sleep(BREATH, signal);
          began = clock.now();
        }
        if (!machine.busy) {
          if (records === options.maxRecords) break;
          if (queue.length === 0) {
            const wait = steps > 0 ? Math.min(lastCommit + options.linger - clock.now(), quiet) : undefined;
            if (wait !== undefined && wait <= 0) break;
            observer.turned?.(name, 'reading');
            const read = (limit: AbortSignal) => reader.next(options.maxRecords - records, limit);
            queue = (await (wait === undefined ? read(signal) : within(wait, signal, read))).toReversed();
            observer.turned?.(name, 'folding');
            began = clock.now();
          }
          const record = queue.pop();
          if (record === undefined) break;
          records++;
          machine.begin(record.offset, readable(record));
        }
        for (const { topic, key, value } of machine.step()) {
          if (topic === undefined) emittedRows.push(value);
          else outputs.push({ topic, partition, key, value });
        }
      }
      if (comparePositions(machine.position, position) === 0) continue;
      const rows = emitsRows ? [...machine.counterRows(partition), ...emittedRows] : [];
      observer.turned?.(name, 'committing');
      await commit(
        { log: taskLog, store: table, sink: options.sink },
        {
          outputs,
          rows,
          changes: machine.changes(),
          inputs: at(machine.position),
          folded: at(machine.position),
          before,
        },
      );
      machine.committed();
      position = machine.position;
      before = at(position);
      committedAt = at(position);
      lastCommit = clock.now();
      observer.committed?.(name, {
        records,
        outputs: outputs.length,
        byTopic: new Map([...topics.map((topic) => [topic, 0] as const), ...countByTopic(outputs)]),
        rows: rows.length,
        positions: committedAt,
      });
    }
  }

  /** Resolves to [] when `ms` are over without a record. */
  function within(
    ms: number,
    signal: AbortSignal,
    next: (limit: AbortSignal) => Promise<readonly LogRecord[]>,
  ): Promise<readonly LogRecord[]> {
    return limited(signal, async (limit, stop) => {
      const timer = clock.sleep(ms, limit).then(stop);
      try {
        return await next(limit);
      } finally {
        stop();
        await timer;
      }
    });
  }

  async function session(opened: Opened, signal: AbortSignal): Promise<void> {
    const began = clock.now();
    // 1. Fence the older owner and settle what it left open.
    const taskLog = await log.open(name);
    opened.push(() => taskLog.close());
    try {
      await asOwner(taskLog, signal, async () => work(await open(taskLog, began, opened, signal), opened, signal));
    } finally {
      store = undefined;
    }
  }

  return {
    name,
    table: () => store,
    positions: () => committedAt,
    run: (signal) => keepRunning(name, session, clock, observer, signal),
  };
}
