import { type Samples, samples } from '#test/bench/avro/samples';
import { SIDES } from '#test/bench/avro/side';
import { WORKS, type Work } from '#test/bench/avro/work';

/** CPU ns per record, by kind of records and work. */
export type Took = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** As many records at a time as a fold commits. */
const COMMIT = 2_000;
const WARM_UP = 500;
const MEASURED = 800;

/** A process of its own: tells its parent what one side took. */
const side = SIDES[process.argv[2] ?? '']?.();
if (side === undefined) throw new Error(`give one of ${Object.keys(SIDES).join(', ')}`);
const kinds = samples();
// All works come before any is measured: what is fast only in a process that does nothing else does not count.
for (const work of WORKS) for (const kind of kinds) measure(work, kind, WARM_UP);
const took: Took = Object.fromEntries(
  kinds.map((kind) => [kind.name, Object.fromEntries(WORKS.map((work) => [work.name, measure(work, kind, MEASURED)]))]),
);
process.send?.(took, () => process.disconnect());

/** CPU ns per record, of about so many ms. */
function measure(work: Work, kind: Samples, ms: number): number {
  if (side === undefined) return Number.NaN;
  const batchOf = work.prepare(side, kind);
  const until = performance.now() + ms;
  let micros = 0;
  let records = 0;
  for (let first = 0; performance.now() < until; first = (first + COMMIT) % kind.activities.length) {
    const batch = batchOf(first, first + COMMIT);
    const begun = process.cpuUsage();
    batch();
    const { user, system } = process.cpuUsage(begun);
    micros += user + system;
    records += COMMIT;
  }
  return (1000 * micros) / records;
}
