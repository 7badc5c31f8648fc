import type { LeadPage } from '#app/dashboard/api';
import { fill, h, svg } from '#app/dashboard/page/dom';
import { date, score, shortDate, stageName } from '#app/dashboard/page/format';
import { areaPath, linePath, nearest, type Plot, plotOf } from '#app/dashboard/page/plot';

export interface ChartView {
  readonly element: HTMLElement;
  show(page: LeadPage): void;
  close(): void;
}

const HEIGHT = 240;

/** The score over time, with the stages' thresholds; follows the width of the page. */
export function createChart(): ChartView {
  const drawing = svg('svg', { class: 'chart', role: 'img', height: String(HEIGHT) });
  const tip = h('p', { class: 'tip', hidden: true });
  const element = h('div', { class: 'chart-box' }, drawing, tip);
  let page: LeadPage | undefined;
  let plot: Plot | undefined;

  const draw = () => {
    const width = element.clientWidth;
    if (page === undefined || width === 0) return;
    element.hidden = page.curve.length === 0;
    drawing.setAttribute('viewBox', `0 0 ${width} ${HEIGHT}`);
    drawing.setAttribute('aria-label', `Score over time, now ${score(page.explanation?.score ?? 0)} points`);
    plot = plotOf(page, width, HEIGHT);
    fill(
      drawing,
      ...drawAxes(plot),
      ...drawThresholds(plot, page),
      ...drawCurve(plot),
      ...drawCrossings(plot, page),
      svg('g', { class: 'cursor' }),
    );
  };
  const watcher = new ResizeObserver(draw);
  watcher.observe(element);

  element.addEventListener('pointermove', (event) => {
    const cursor = drawing.querySelector('.cursor');
    if (plot === undefined || cursor === null) return;
    const point = nearest(plot, event.clientX - element.getBoundingClientRect().left);
    if (point === undefined) return;
    const [x, y] = [plot.x(point.at), plot.y(point.score)];
    const line = svg('line', { x1: `${x}`, x2: `${x}`, y1: `${plot.top}`, y2: `${plot.bottom}` });
    fill(cursor, line, svg('circle', { cx: `${x}`, cy: `${y}`, r: '4' }));
    tip.hidden = false;
    tip.textContent = `${score(point.score)} · ${date(new Date(point.at).toISOString())}`;
    tip.style.insetInlineStart = `${Math.min(Math.max(x, 70), plot.right - 50)}px`;
  });
  element.addEventListener('pointerleave', () => {
    tip.hidden = true;
    drawing.querySelector('.cursor')?.replaceChildren();
  });
  return {
    element,
    show(next) {
      page = next;
      element.hidden = false;
      draw();
    },
    close: () => watcher.disconnect(),
  };
}

function drawAxes(plot: Plot): SVGElement[] {
  const rows = plot.scores.map((value) => {
    const y = `${plot.y(value)}`;
    const line = svg('line', {
      x1: `${plot.left}`,
      x2: `${plot.right}`,
      y1: y,
      y2: y,
      class: value === 0 ? 'zero' : '',
    });
    return svg('g', { class: 'grid' }, line, svg('text', { x: `${plot.left - 8}`, y, class: 'y' }, String(value)));
  });
  const columns = plot.times.map((time) => {
    const place = { x: `${plot.x(time.at)}`, y: `${plot.bottom + 18}`, class: 'x' };
    return svg('text', place, time.label);
  });
  return [...rows, ...columns];
}

function drawThresholds(plot: Plot, page: LeadPage): SVGElement[] {
  return page.thresholds
    .filter((threshold) => threshold.score <= plot.most)
    .map((threshold) => {
      const y = plot.y(threshold.score);
      const line = svg('line', { x1: `${plot.left}`, x2: `${plot.right}`, y1: `${y}`, y2: `${y}` });
      const label = `${stageName(threshold.stage)} from ${threshold.score}`;
      return svg('g', { class: 'threshold' }, line, svg('text', { x: `${plot.right}`, y: `${y - 6}` }, label));
    });
}

/** Where the score comes to a level, within the days that are drawn. */
function drawCrossings(plot: Plot, page: LeadPage): SVGElement[] {
  const last = plot.points.at(-1)?.at ?? 0;
  const shown = (page.outlook?.thresholds ?? []).filter((one) => Date.parse(one.at) <= last && one.score <= plot.most);
  return shown.map((one) => {
    const [x, y] = [plot.x(Date.parse(one.at)), plot.y(one.score)];
    const line = svg('line', { x1: `${x}`, x2: `${x}`, y1: `${y}`, y2: `${plot.bottom}` });
    const dot = svg('circle', { cx: `${x}`, cy: `${y}`, r: '4.5' });
    const label = svg('text', { x: `${x}`, y: `${plot.bottom - 6}` }, shortDate(one.at));
    return svg('g', { class: 'crossing' }, line, dot, label);
  });
}

function drawCurve(plot: Plot): SVGElement[] {
  const past = plot.points.filter((point) => point.at <= plot.now);
  const ahead = plot.points.filter((point) => point.at >= plot.now);
  const last = past.at(-1);
  const dot = last && svg('circle', { class: 'dot', cx: `${plot.x(last.at)}`, cy: `${plot.y(last.score)}`, r: '4.5' });
  const lines = [
    svg('path', { class: 'area', d: areaPath(plot, past) }),
    svg('path', { class: 'curve', d: linePath(plot, past) }),
    svg('path', { class: 'curve ahead', d: linePath(plot, last === undefined ? ahead : [last, ...ahead]) }),
  ];
  return dot === undefined ? lines : [...lines, dot];
}
