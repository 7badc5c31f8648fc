import type { ExplainedPoints, LeadPage } from '#app/dashboard/api';
import { fill, h } from '#app/dashboard/page/dom';
import { change, count, date, moment, rawPoints, score, words } from '#app/dashboard/page/format';
import { card, empty } from '#app/dashboard/page/parts';
import { NOTHING, type Total, totalOf } from '#app/dashboard/total';
import { weightOf } from '#app/dashboard/weight';

export interface ExplanationView {
  readonly element: HTMLElement;
  show(page: LeadPage): void;
}

/** So many are drawn at first, and so many when more are asked for; the rest is one line, so that the sum holds. */
const FEW = 12;
export const MANY = 500;

/** Each contribution as a bar, largest first, together the score; above them what disqualifies without points. */
export function createExplanation(): ExplanationView {
  const list = h('ol', { class: 'contributions' });
  const more = h('button', { type: 'button', class: 'more', hidden: true });
  const sum = h('p', { class: 'sum' });
  const caps = h('div', { class: 'caps' });
  let shown: LeadPage | undefined;
  let limit = FEW;

  const draw = (page: LeadPage) => {
    const { contributions, rest: absent } = page.explanation ?? { contributions: [], rest: NOTHING };
    const sorted = [...contributions].sort((a, b) => weightOf(b) - weightOf(a));
    const scale = scaleOf(sorted);
    const rest = totalOf(sorted.slice(limit), absent);
    fill(
      list,
      ...sorted.slice(0, limit).map((entry) => drawContribution(entry, scale)),
      rest.count > 0 && drawRest(rest, scale),
      sorted.length === 0 &&
        h('li', {}, empty('Nothing counts yet.', 'Points come from the rules in model/scoring.yaml.')),
    );
    more.hidden = rest.count === 0 || limit === MANY;
    more.textContent = contributions.length + absent.count > MANY ? `Show the largest ${MANY}` : 'Show all';
    const total = totalOf(contributions, absent);
    fill(sum, h('span', {}, 'Together'), h('b', { id: 'sum' }, score(total.points)));
    fill(caps, Math.abs(total.capped) >= 0.005 && drawCaps(total.capped));
  };
  more.addEventListener('click', () => {
    limit = MANY;
    if (shown !== undefined) draw(shown);
  });
  return {
    element: card('Why this score', 'each behaviour, its points now and as given', list, more, sum, caps),
    show(page) {
      shown = page;
      draw(page);
    },
  };
}

/** Where zero is and what 1 % of the width is worth. */
interface Scale {
  readonly zero: number;
  readonly perPoint: number;
}

function scaleOf(entries: readonly ExplainedPoints[]): Scale {
  const gain = Math.max(0, ...entries.map((entry) => entry.decayed));
  const loss = Math.max(0, ...entries.map((entry) => -entry.decayed));
  const perPoint = gain + loss > 0 ? 100 / (gain + loss) : 0;
  return { zero: loss * perPoint, perPoint };
}

function drawContribution(entry: ExplainedPoints, scale: Scale): HTMLElement {
  const label = h('b', {}, words(entry.rule));
  const detail = `event ${entry.event_id} · model ${entry.model_version}`;
  if (entry.raw === 0) {
    const line = h(
      'p',
      { class: 'line' },
      label,
      h('span', { class: 'sub' }, 'disqualifies, since ', dated(entry.occurred_at)),
    );
    return h('li', { class: 'contribution', title: detail }, line);
  }
  const given = h('span', { class: 'sub' }, `of ${rawPoints(entry.raw)} on `, dated(entry.occurred_at));
  const capped =
    Math.abs(entry.capped) >= 0.005 && h('span', { class: 'badge warn' }, `caps took ${taken(entry.capped)}`);
  return drawBar(entry, scale, detail, label, given, ...(capped === false ? [] : [capped]));
}

function dated(iso: string): HTMLElement {
  return h('time', { datetime: iso, title: moment(iso) }, date(iso));
}

function drawRest({ count: others, points }: Total, scale: Scale): HTMLElement {
  return drawBar({ points, capped: 0 }, scale, '', h('b', {}, `${count(others)} smaller ones`));
}

/** The bar is what counts; hatched beyond it is what caps took. */
function drawBar(
  { points, capped }: Pick<ExplainedPoints, 'points' | 'capped'>,
  scale: Scale,
  detail: string,
  ...label: readonly Node[]
): HTMLElement {
  const bars = [
    drawPart(points < 0 ? 'fill loss' : 'fill gain', 0, points, scale),
    ...(Math.abs(capped) >= 0.005 ? [drawPart('fill capped', points, points + capped, scale)] : []),
  ];
  return h(
    'li',
    { class: 'contribution', title: detail },
    h('p', { class: 'line' }, ...label),
    h('div', { class: 'track', 'aria-hidden': 'true' }, ...bars),
    h('span', { class: points < 0 ? 'points loss' : 'points gain' }, change(points)),
  );
}

/** From one number of points to another, kept within the track. */
function drawPart(kind: string, from: number, to: number, { zero, perPoint }: Scale): HTMLElement {
  const part = h('div', { class: kind });
  const place = (points: number) => Math.min(100, Math.max(0, zero + points * perPoint));
  const [start, end] = [place(Math.min(from, to)), place(Math.max(from, to))];
  part.style.width = `${end - start}%`;
  part.style.insetInlineStart = `${start}%`;
  return part;
}

function drawCaps(points: number): HTMLElement {
  const swatch = h('span', { class: 'swatch', 'aria-hidden': 'true' });
  return h(
    'p',
    { class: 'line sub' },
    swatch,
    `Caps of the model took ${taken(points)} points; they are not in the sum.`,
  );
}

/** Without a sign: what was taken off a loss made the score higher. */
function taken(points: number): string {
  return change(Math.abs(points)).replace('+', '');
}
