import type { LeadPage } from '#app/dashboard/api';

export interface PlotPoint {
  /** ms since 1970 UTC */
  readonly at: number;
  readonly score: number;
}

/** Where things go in a drawing, px. */
export interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  readonly points: readonly PlotPoint[];
  readonly now: number;
  /** The highest score that has a place. */
  readonly most: number;
  readonly scores: readonly number[];
  readonly times: readonly { readonly at: number; readonly label: string }[];
  readonly x: (at: number) => number;
  readonly y: (score: number) => number;
}

const LABEL_WIDTH = 84;

export function plotOf(page: LeadPage, width: number, height: number): Plot {
  const points = page.curve.map((point) => ({ at: Date.parse(point.at), score: point.score }));
  const now = Date.parse(page.explanation?.at ?? new Date().toISOString());
  const from = points[0]?.at ?? now;
  const to = Math.max(points.at(-1)?.at ?? now, from + 1);
  const values = points.map((point) => point.score);
  const highest = Math.max(10, ...values);
  const near = page.thresholds.map((entry) => entry.score).filter((threshold) => threshold <= highest * 1.6);
  const scores = ticks(Math.min(0, ...values), Math.max(highest, ...near) * 1.05);
  const [least, most] = [scores[0] ?? 0, scores.at(-1) ?? 1];
  const [left, right, top, bottom] = [44, width - 12, 14, height - 28];
  const x = (at: number) => left + ((at - from) / (to - from)) * (right - left);
  const y = (score: number) => bottom - ((score - least) / (most - least)) * (bottom - top);
  const times = days(from, to, Math.max(2, Math.floor((right - left) / LABEL_WIDTH)));
  return { left, right, top, bottom, points, now, most, scores, times, x, y };
}

export function linePath(plot: Plot, points: readonly PlotPoint[]): string {
  return points
    .map((point, index) => `${index === 0 ? 'M' : 'L'}${px(plot.x(point.at))} ${px(plot.y(point.score))}`)
    .join('');
}

export function areaPath(plot: Plot, points: readonly PlotPoint[]): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const floor = px(plot.y(0));
  return `${linePath(plot, points)}L${px(plot.x(last.at))} ${floor}L${px(plot.x(first.at))} ${floor}Z`;
}

/** The point nearest to a place in the drawing. */
export function nearest(plot: Plot, x: number): PlotPoint | undefined {
  return plot.points.reduce<PlotPoint | undefined>((best, point) => {
    const closer = best === undefined || Math.abs(plot.x(point.at) - x) <= Math.abs(plot.x(best.at) - x);
    return closer ? point : best;
  }, undefined);
}

/** Round numbers from at or below `least` to at or above `most`. */
function ticks(least: number, most: number): number[] {
  const rough = (most - least) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power;
  const first = Math.floor(least / step);
  const last = Math.ceil(most / step);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

const DAY = 86_400_000;
const monthDay = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const monthYear = new Intl.DateTimeFormat('en', { month: 'short', year: 'numeric' });

function days(from: number, to: number, most: number): { at: number; label: string }[] {
  const format = to - from > 300 * DAY ? monthYear : monthDay;
  const step = Math.max(1, Math.ceil((to - from) / DAY / most)) * DAY;
  const first = Math.ceil(from / DAY) * DAY;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  return Array.from({ length: count }, (_, index) => first + index * step).map((at) => ({
    at,
    label: format.format(at),
  }));
}

function px(value: number): string {
  return value.toFixed(1);
}
