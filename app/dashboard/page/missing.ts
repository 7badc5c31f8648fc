import type { LeadPage } from '#app/dashboard/api';
import { fill, h } from '#app/dashboard/page/dom';
import { stageName } from '#app/dashboard/page/format';
import { card } from '#app/dashboard/page/parts';
import type { NextCondition, NextMove } from '#app/next-stage/answer';

export interface MissingView {
  readonly element: HTMLElement;
  show(page: LeadPage): void;
}

/** What the nearest stage up the ladder takes, and what of it is missing; not there where no move leads up. */
export function createMissing(): MissingView {
  const content = h('div', { class: 'missing-parts' });
  const element = card('Next stage', 'what it takes, by the model in force', content);
  return {
    element,
    show({ next_stages: [nearest] }) {
      element.hidden = nearest === undefined;
      if (nearest === undefined) return;
      const title = h('h3', {}, `${stageName(nearest.stage)} takes${nearest.moves.length > 1 ? ' one of these' : ''}`);
      fill(content, title, ...nearest.moves.map(drawMove));
    },
  };
}

function drawMove({ move, reason, conditions }: NextMove): HTMLElement {
  return h(
    'div',
    { class: 'move', title: `move ${move}` },
    h('p', { class: 'sub' }, reason),
    h('ul', {}, ...conditions.map(drawCondition)),
  );
}

function drawCondition({ met, text }: NextCondition): HTMLElement {
  const mark = h('span', { class: met ? 'mark gain' : 'mark loss', 'aria-hidden': 'true' }, met ? '✓' : '✗');
  const spoken = h('span', { class: 'hidden' }, met ? 'holds: ' : 'missing: ');
  return h('li', { class: met ? 'met' : 'unmet' }, mark, h('span', {}, spoken, text));
}
