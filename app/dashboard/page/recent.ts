import type { HandoffRow, TriggerRow } from '#app/dashboard/api';
import { h } from '#app/dashboard/page/dom';
import { score, words } from '#app/dashboard/page/format';
import { createKeyedList } from '#app/dashboard/page/keyed';
import { badge, card, code, empty, leadLink, when } from '#app/dashboard/page/parts';

export interface RecentView<Row> {
  readonly element: HTMLElement;
  show(rows: readonly Row[]): void;
}

export function createTriggers(): RecentView<TriggerRow> {
  const hint = empty(
    'No trigger yet.',
    'One fires when a lead does what a program in ',
    code('model/programs'),
    ' waits for.',
  );
  return createRecent('Last triggers', hint, (row) => row.trigger_id, drawTrigger);
}

export function createHandoffs(): RecentView<HandoffRow> {
  const hint = empty(
    'No handoff yet.',
    'A lead goes to sales at the stage that ',
    code('model/routing.yaml'),
    ' names.',
  );
  return createRecent('Last handoffs', hint, (row) => row.handoff_id, drawHandoff);
}

function createRecent<Row>(
  title: string,
  hint: HTMLElement,
  key: (row: Row) => string,
  draw: (row: Row) => HTMLElement,
): RecentView<Row> {
  const list = h('ul', { class: 'recent' });
  const rows = createKeyedList(list, key, draw);
  return {
    element: card(title, '', list, hint),
    show(items) {
      rows.show(items);
      hint.hidden = items.length > 0;
    },
  };
}

function drawTrigger(row: TriggerRow): HTMLElement {
  const suppressed = row.suppressed_by !== '' && badge(row.suppressed_by, 'warn', `Not sent: ${row.suppressed_by}`);
  return h(
    'li',
    { class: row.suppressed_by === '' ? 'item' : 'item suppressed' },
    h('span', { class: 'glyph', 'data-channel': row.channel, 'aria-hidden': 'true' }),
    h(
      'div',
      { class: 'what' },
      h(
        'p',
        { class: 'line' },
        h('b', {}, words(row.step)),
        h('span', { class: 'sub', title: row.program_name }, row.program_name),
      ),
      h('p', { class: 'line' }, leadLink(row.lead_id, row.email)),
    ),
    h('div', { class: 'aside' }, when(row.at), suppressed),
  );
}

function drawHandoff(row: HandoffRow): HTMLElement {
  const suppressed =
    row.suppressed_by !== '' && badge(row.suppressed_by, 'warn', `Not delivered: ${row.suppressed_by}`);
  return h(
    'li',
    { class: row.suppressed_by === '' ? 'item' : 'item suppressed' },
    h('span', { class: 'avatar', 'aria-hidden': 'true' }, initials(row.rep_name)),
    h(
      'div',
      { class: 'what' },
      h('p', { class: 'line' }, h('b', {}, row.rep_name), h('span', { class: 'sub' }, row.reason)),
      h('p', { class: 'line' }, leadLink(row.lead_id, row.email)),
    ),
    h('div', { class: 'aside' }, when(row.at), suppressed, h('span', { class: 'points' }, score(row.score))),
  );
}

/** The first letters of the first two words, of any script. */
function initials(name: string): string {
  const parts = name.split(/[\s_.-]+/u).filter((part) => part !== '');
  return parts
    .slice(0, 2)
    .map((part) => [...part][0] ?? '')
    .join('')
    .toUpperCase();
}
