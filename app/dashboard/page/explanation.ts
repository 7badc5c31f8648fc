import type { ExplainedPoints, LeadPage, Outlook } from '#app/dashboard/api';
import { fill, h } from '#app/dashboard/page/dom';
import { change, date, moment, rawPoints, score, words } from '#app/dashboard/page/format';
import { card, empty } from '#app/dashboard/page/parts';

export interface ExplanationView {
  readonly element: HTMLElement;
  show(page: LeadPage): void;
}

/** So many are drawn at first, and so many when all are asked for; the rest is one line, so that the sum holds. */
const FEW = 12;
const MANY = 500;

/** Each contribution as a bar, largest first; together they are the score. */
export function createExplanation(): ExplanationView {
  const list = h('ol', { class: 'contributions' });
  const more = h('button', { type: 'button', class: 'more', hidden: true }, 'Show all');
  const sum = h('p', { class: 'sum' });
  const outlook = h('div', { class: 'outlook' });
  let shown: LeadPage | undefined;
  let limit = FEW;

  const draw = (page: LeadPage) => {
    const contributions = page.explanation?.contributions ?? [];
    const sorted = [...contributions].sort((a, b) => Math.abs(b.points) - Math.abs(a.points));
    const scale = scaleOf(sorted);
    const rest = sorted.slice(limit);
    fill(
      list,
      ...sorted.slice(0, limit).map((entry) => drawContribution(entry, scale)),
      rest.length > 0 && drawRest(rest, scale),
      sorted.length === 0 &&
        h('li', {}, empty('Nothing counts yet.', 'Points come from the rules in model/scoring.yaml.')),
    );
    more.hidden = rest.length === 0 || limit === MANY;
    const total = contributions.reduce((points, entry) => points + entry.points, 0);
    fill(sum, h('span', {}, 'Together'), h('b', { id: 'sum' }, score(total)));
    fill(outlook, page.outlook !== null && contributions.length > 0 && drawOutlook(page.outlook));
  };
  more.addEventListener('click', () => {
    limit = MANY;
    if (shown !== undefined) draw(shown);
  });
  return {
    element: card('Why this score', 'each behaviour, its points now and as given', list, more, sum, outlook),
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
  const gain = Math.max(0, ...entries.slice(0, MANY).map((entry) => entry.points));
  const loss = Math.max(0, ...entries.slice(0, MANY).map((entry) => -entry.points));
  const perPoint = gain + loss > 0 ? 100 / (gain + loss) : 0;
  return { zero: loss * perPoint, perPoint };
}

function drawContribution(entry: ExplainedPoints, scale: Scale): HTMLElement {
  const label = h('b', {}, words(entry.rule));
  const detail = `event ${entry.event_id} · model ${entry.model_version}`;
  const given = h('span', { class: 'sub' }, `of ${rawPoints(entry.raw)} on `, dated(entry.occurred_at));
  return drawBar(entry.points, scale, detail, label, given);
}

function dated(iso: string): HTMLElement {
  return h('time', { datetime: iso, title: moment(iso) }, date(iso));
}

function drawRest(rest: readonly ExplainedPoints[], scale: Scale): HTMLElement {
  const points = rest.reduce((sum, entry) => sum + entry.points, 0);
  return drawBar(points, scale, '', h('b', {}, `${rest.length} smaller ones`));
}

function drawBar(points: number, scale: Scale, detail: string, ...label: readonly Node[]): HTMLElement {
  const bar = h('div', { class: points < 0 ? 'fill loss' : 'fill gain' });
  const width = Math.min(100, Math.abs(points) * scale.perPoint);
  bar.style.width = `${width}%`;
  bar.style.insetInlineStart = `${Math.max(0, points < 0 ? scale.zero - width : scale.zero)}%`;
  return h(
    'li',
    { class: 'contribution', title: detail },
    h('p', { class: 'line' }, ...label),
    h('div', { class: 'track', 'aria-hidden': 'true' }, bar),
    h('span', { class: points < 0 ? 'points loss' : 'points gain' }, change(points)),
  );
}

function drawOutlook(outlook: Outlook): HTMLElement {
  const next = outlook.next.map((entry) => h('li', {}, `${words(entry.rule)} `, h('b', {}, change(entry.change))));
  return h(
    'div',
    {},
    h('h3', {}, 'If nothing more happens'),
    h(
      'p',
      {},
      'The score is ',
      h('b', {}, score(outlook.in_7_days)),
      ' in 7 days and ',
      h('b', {}, score(outlook.in_30_days)),
      ' in 30.',
      next.length > 0 && ' What changes most within the week:',
    ),
    h('ul', { class: 'next' }, ...next),
  );
}
