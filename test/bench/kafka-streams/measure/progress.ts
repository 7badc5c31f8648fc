import { setTimeout as sleep } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { cpuTime } from '#test/bench/kafka-streams/measure/cpu';
import type { Running } from '#test/bench/kafka-streams/sides/side';

/** What had been committed at a time. */
interface Mark {
  /** ms, of performance.now. */
  readonly time: number;
  /** Events through all of the folds. */
  readonly events: number;
  /** Processor time so far, µs. */
  readonly side: number;
  readonly broker: number;
}

/** Of one run; rates in events/s. NaN: there were too few commits to tell. */
export interface Progress {
  /** From the first commit to the last but one: warm-up included, the wait before the last one left out. */
  readonly rate: number;
  /** The same from the middle on. */
  readonly secondHalf: number;
  /** Processor time per event of the side's processes and of the broker, µs. */
  readonly side: number;
  readonly broker: number;
}

const LOOK = 50;
/** A run that commits nothing for so long has failed, ms. */
const PATIENCE = 180_000;

/** Watches committed positions until all `events` are through. What is not committed does not count. */
export async function watch(admin: Admin, running: Running, broker: number, events: number): Promise<Progress> {
  const marks: Mark[] = [];
  const mark = (done: number) => {
    const side = cpuTime(running.pids);
    marks.push({ time: performance.now(), events: done, side, broker: cpuTime([broker]) });
  };
  const [first] = running.groups;
  const last = running.groups.at(-1);
  if (first === undefined || last === undefined) throw new Error('a side has at least one group');
  let changed = performance.now();
  let seen = 0;
  for (let over = false; !over; ) {
    await Promise.race([sleep(LOOK), running.failed]);
    const begun = await position(admin, first.group, first.topic);
    const reached = first === last ? begun : await position(admin, last.group, last.topic);
    if (begun + reached === seen) {
      if (performance.now() - changed > PATIENCE) throw new Error(`${last.group} stands still at ${reached}`);
      continue;
    }
    changed = performance.now();
    seen = begun + reached;
    if (marks.length === 0 || reached > (marks.at(-1)?.events ?? 0)) mark(reached);
    over = begun === events && (first === last || (await throughAll(admin, running)));
  }
  return measured(marks, events);
}

/** Where nothing is written but what an earlier group writes, the end of its input is behind one transaction marker. */
async function throughAll(admin: Admin, running: Running): Promise<boolean> {
  for (const { group, topic } of running.groups.slice(1)) {
    const ends = await admin.fetchTopicOffsets(topic);
    const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
    const behind = ends.some(({ partition, high }) => {
      const at = found?.partitions.find((offsets) => offsets.partition === partition);
      return Number(high) > 0 && Number(at?.offset ?? -1) < Number(high) - 1;
    });
    if (behind) return false;
  }
  return true;
}

async function position(admin: Admin, groupId: string, topic: string): Promise<number> {
  const [found] = await admin.fetchOffsets({ groupId, topics: [topic] });
  return (found?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
}

function measured(marks: readonly Mark[], events: number): Progress {
  const final = marks.at(-1)?.events ?? 0;
  // Of a later group the offsets count transaction markers too.
  const scaled = marks.map((mark) => ({ ...mark, events: (mark.events * events) / final }));
  const begin = scaled[0];
  const end = scaled.at(-2);
  const middle = scaled.find((mark) => mark.events >= events / 2);
  if (begin === undefined || end === undefined || middle === undefined || end.events <= middle.events) return UNTOLD;
  const rate = (from: Mark, to: Mark) => (1000 * (to.events - from.events)) / (to.time - from.time);
  return {
    rate: rate(begin, end),
    secondHalf: rate(middle, end),
    side: (end.side - begin.side) / (end.events - begin.events),
    broker: (end.broker - begin.broker) / (end.events - begin.events),
  };
}

const UNTOLD: Progress = { rate: Number.NaN, secondHalf: Number.NaN, side: Number.NaN, broker: Number.NaN };
