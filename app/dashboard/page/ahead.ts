import type { Crossing, LeadPage, Outlook } from '#app/dashboard/api';
import { fill, h } from '#app/dashboard/page/dom';
import { away, change, date, moment, score, stageName, words } from '#app/dashboard/page/format';
import { card } from '#app/dashboard/page/parts';

export interface AheadView {
  readonly element: HTMLElement;
  show(page: LeadPage): void;
}

/** What the score will do if nothing more happens: which levels it crosses and when, what still counts, what fades most. */
export function createAhead(): AheadView {
  const content = h('div', { class: 'ahead-parts' });
  const element = card('If nothing happens', 'from now on, without any further behaviour', content);
  return {
    element,
    show({ outlook, explanation }) {
      element.hidden = outlook === null || explanation === null;
      if (outlook !== null && explanation !== null) fill(content, ...drawOutlook(outlook, explanation.at));
    },
  };
}

function drawOutlook(outlook: Outlook, now: string): HTMLElement[] {
  const { thresholds, waiting, next, in_7_days, in_30_days } = outlook;
  const scores = h(
    'p',
    { class: 'scores-ahead' },
    ...['The score is ', h('b', {}, score(in_7_days)), ' in 7 days and ', h('b', {}, score(in_30_days)), ' in 30.'],
  );
  const none = h('p', { class: 'sub' }, 'It comes to no level at which the stage could change.');
  return [
    thresholds.length === 0
      ? none
      : h('ul', { class: 'crossings' }, ...thresholds.map((one) => drawCrossing(one, now))),
    scores,
    ...part(
      'Will still count',
      waiting.map((one) => [
        words(one.rule),
        h('b', {}, one.points === 0 ? 'disqualifies' : change(one.points)),
        dated(one.at, now),
      ]),
    ),
    ...part(
      'Changes most within 7 days',
      next.map((one) => [
        words(one.rule),
        h('b', {}, `${change(one.points)} → ${change(one.in_7_days)}`),
        one.ends_at !== null && h('span', { class: 'sub' }, 'counts until ', dated(one.ends_at, now)),
      ]),
    ),
  ];
}

function drawCrossing({ stage, score: level, direction, at }: Crossing, now: string): HTMLElement {
  const falls = direction === 'falls_below';
  const verb = falls ? 'Falls below ' : 'Rises to ';
  const mark = h('span', { class: falls ? 'mark loss' : 'mark gain', 'aria-hidden': 'true' }, falls ? '↓' : '↑');
  return h('li', {}, mark, h('span', {}, verb, h('b', {}, `${level}`), ` (${stageName(stage)})`), dated(at, now));
}

function dated(iso: string, now: string): HTMLElement {
  return h('time', { datetime: iso, title: moment(iso), class: 'sub' }, `${date(iso)}, ${away(iso, Date.parse(now))}`);
}

function part(title: string, lines: readonly (readonly (Node | string | false)[])[]): HTMLElement[] {
  if (lines.length === 0) return [];
  const items = lines.map((line) => h('li', { class: 'line' }, ...line.map((one) => one && h('span', {}, one))));
  return [h('div', {}, h('h3', {}, title), h('ul', {}, ...items))];
}
