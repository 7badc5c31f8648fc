import { type BlockWriter, readBlocks, type SpoolBlock } from '#lib/spool/block-file';
import { compareRecords, type SpoolRecord } from '#lib/spool/record';

/** Writes the records of files that are sorted each into one that is sorted as a whole. Memory: a block per file. */
export async function mergeFiles(paths: readonly string[], writer: BlockWriter, signal: AbortSignal): Promise<void> {
  const cursors = paths.map((path) => createCursor(readBlocks(path)));
  try {
    const heap: Cursor[] = [];
    for (const cursor of cursors) if (await cursor.load()) push(heap, cursor);
    for (let first = heap[0]; first !== undefined; first = heap[0]) {
      if (writer.add(first.record())) {
        signal.throwIfAborted();
        await writer.flush();
      }
      if (!first.advance() && !(await first.load())) removeFirst(heap);
      sink(heap, 0);
    }
  } finally {
    for (const cursor of cursors) await cursor.close();
  }
}

/** Where the merge is in a file. */
interface Cursor {
  /** The record it stands at. */
  record(): SpoolRecord;
  /** False: the next record has to be loaded. */
  advance(): boolean;
  /** False: there are no more records. */
  load(): Promise<boolean>;
  close(): Promise<void>;
}

function createCursor(blocks: AsyncGenerator<SpoolBlock>): Cursor {
  let records: readonly SpoolRecord[] = [];
  let at = 0;
  return {
    record() {
      const record = records[at];
      if (record === undefined) throw new Error('the cursor has not been loaded');
      return record;
    },
    advance() {
      at += 1;
      return at < records.length;
    },
    async load() {
      const { done, value } = await blocks.next();
      if (done) return false;
      records = value.records;
      at = 0;
      return true;
    },
    async close() {
      await blocks.return(undefined);
    },
  };
}

/** A binary heap: the cursor with the least record is the first. */
function push(heap: Cursor[], cursor: Cursor): void {
  heap.push(cursor);
  for (let at = heap.length - 1; at > 0; ) {
    const parent = (at - 1) >> 1;
    if (!swapIfLess(heap, at, parent)) return;
    at = parent;
  }
}

function removeFirst(heap: Cursor[]): void {
  const last = heap.pop();
  if (last !== undefined && heap.length > 0) heap[0] = last;
}

function sink(heap: Cursor[], from: number): void {
  for (let at = from; ; ) {
    const left = 2 * at + 1;
    const right = left + 1;
    const least = isLess(heap, right, left) ? right : left;
    if (!swapIfLess(heap, least, at)) return;
    at = least;
  }
}

function isLess(heap: readonly Cursor[], a: number, b: number): boolean {
  const [first, second] = [heap[a], heap[b]];
  return first !== undefined && second !== undefined && compareRecords(first.record(), second.record()) < 0;
}

function swapIfLess(heap: Cursor[], a: number, b: number): boolean {
  const [first, second] = [heap[a], heap[b]];
  if (first === undefined || second === undefined || !isLess(heap, a, b)) return false;
  heap[a] = second;
  heap[b] = first;
  return true;
}
