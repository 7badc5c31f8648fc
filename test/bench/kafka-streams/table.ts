import type { Progress } from '#test/bench/kafka-streams/measure/progress';
import type { Workload } from '#test/bench/kafka-streams/workload';
import { figure, median, spread } from '#test/bench/measure/figures';

const TITLES: Readonly<Record<Workload, string>> = {
  state: 'state only',
  scores: 'one record out per event',
  pipeline: 'score → stage → trigger',
};
const WIDTHS = [30, 30, 12, 12, 12, 16] as const;

/** Of one run of a variant. */
export interface Measured extends Progress {
  /** Bytes that its outputs take in the log, per event. */
  readonly written: number;
}

/** A variant and its runs. */
export interface Row {
  readonly name: string;
  readonly measured: readonly Measured[];
}

/** The head of a workload's table. */
export function printTitle(workload: Workload): void {
  row([
    `\n${TITLES[workload]}`,
    'events/s (min / median / max)',
    'second half',
    'CPU µs/event',
    "broker's",
    'bytes written',
  ]);
}

export function printRow({ name, measured }: Row): void {
  const middle = (of: (one: Measured) => number, digits = 0) => figure(median(measured.map(of)), digits);
  row([
    name,
    spread(measured.map(({ rate }) => rate)),
    middle(({ secondHalf }) => secondHalf),
    middle(({ side }) => side, 1),
    middle(({ broker }) => broker, 1),
    middle(({ written }) => written),
  ]);
}

/** The best of ours over the best of Kafka Streams, run by run in pairs; chained and separate each by itself. */
export function ratioLine(sides: readonly Row[]): [what: string, value: string][] {
  const best = (prefix: string) =>
    sides.filter(({ name }) => name.startsWith(prefix)).toSorted((a, b) => rateOf(b.measured) - rateOf(a.measured))[0];
  const streams = best('Kafka Streams');
  if (streams === undefined) return [];
  const kinds = new Set(sides.map(({ name }) => /^ours[^,]*/.exec(name)?.[0]).filter((kind) => kind !== undefined));
  return Array.from(kinds, (kind): [string, string] => {
    const ours = best(`${kind},`);
    const ratios = (ours?.measured ?? []).map(({ rate }, run) => rate / (streams.measured[run]?.rate ?? Number.NaN));
    return [`${ours?.name} / ${streams.name}`, `${spread(ratios, 2)}`];
  });
}

function rateOf(measured: readonly Measured[]): number {
  return median(measured.map(({ rate }) => rate));
}

function row(cells: readonly string[]): void {
  process.stdout.write(`${cells.map((cell, column) => cell.padEnd(WIDTHS[column] ?? 0)).join(' ')}\n`);
}
