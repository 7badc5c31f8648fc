import { type Samples, samples } from '#test/bench/avro/samples';
import { SIDES } from '#test/bench/avro/side';
import { WORKS, type Work } from '#test/bench/avro/work';
import { answer, taskOf } from '#test/bench/measure/child';

/** What a child is told. */
export interface SideTask {
  readonly side: string;
  /** That it is measured with, of each kind. */
  readonly records: number;
  /** Of each work, ms. */
  readonly time: number;
}

/** CPU ns per record, by kind of records and work. */
export type Took = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** As many records at a time as a fold commits. */
const COMMIT = 2_000;

/** A process of its own: tells its parent what one side took. */
const { side: name, records, time } = taskOf<SideTask>();
const side = SIDES[name]?.();
if (side === undefined) throw new Error(`give one of ${Object.keys(SIDES).join(', ')}`);
const kinds = samples(records);
const commit = Math.min(COMMIT, records);
// All works come before any is measured: what is fast only in a process that does nothing else does not count.
for (const work of WORKS) for (const kind of kinds) measure(work, kind, (5 * time) / 8);
const took: Took = Object.fromEntries(
  kinds.map((kind) => [kind.name, Object.fromEntries(WORKS.map((work) => [work.name, measure(work, kind, time)]))]),
);
answer(took);

/** CPU ns per record, of about so many ms. */
function measure(work: Work, kind: Samples, ms: number): number {
  if (side === undefined) return Number.NaN;
  const batchOf = work.prepare(side, kind);
  const until = performance.now() + ms;
  let micros = 0;
  let done = 0;
  for (let first = 0; performance.now() < until; first = (first + commit) % records) {
    const batch = batchOf(first, first + commit);
    const begun = process.cpuUsage();
    batch();
    const { user, system } = process.cpuUsage(begun);
    micros += user + system;
    done += commit;
  }
  return (1000 * micros) / done;
}
