import type { Stats } from '#app/dashboard/api';
import { h, setText } from '#app/dashboard/page/dom';
import { count, rate } from '#app/dashboard/page/format';
import type { Connection } from '#app/dashboard/page/live';

export interface Header {
  show(stats: Stats): void;
  connection(state: Connection): void;
}

const SAID: { readonly [state in Connection]: string } = {
  connecting: 'Connecting…',
  live: 'Live',
  reconnecting: 'Reconnecting…',
};

/** The name, whether the page is live, and the totals. */
export function createHeader(parent: HTMLElement): Header {
  const state = h('span', { class: 'live', role: 'status', 'data-state': 'connecting' }, SAID.connecting);
  const figures = {
    rate: figure('event rate'),
    events: figure('events'),
    leads: figure('leads'),
    visitors: figure('visitors'),
  };
  const dead = figure('dead letters');
  dead.box.title = 'Records that could not be processed: leadstream dead-letters list';
  dead.box.hidden = true;
  const joins = figure('open joins');
  joins.box.hidden = true;
  const mark = h('img', { src: '/assets/icon.svg', alt: '', width: '32', height: '32' });
  const brand = h('a', { class: 'brand', href: '#/' }, mark, h('span', {}, 'Leadstream'));
  const boxes = [figures.rate, figures.events, figures.leads, figures.visitors, dead, joins].map((entry) => entry.box);
  parent.replaceChildren(h('div', { class: 'bar' }, brand, state, h('dl', { class: 'figures' }, ...boxes)));
  return {
    show(stats) {
      setText(figures.rate.value, rate(stats.rate));
      setText(figures.events.value, count(stats.events));
      setText(figures.leads.value, count(stats.leads));
      setText(figures.visitors.value, count(stats.visitors));
      setText(dead.value, count(stats.dead_letters));
      dead.box.hidden = stats.dead_letters === 0;
      setText(joins.value, count(stats.open_joins));
      joins.box.hidden = stats.open_joins === 0;
      joins.box.title = `Nothing is decided about leads that are being joined; the first waits since ${stats.oldest_join}`;
    },
    connection(next) {
      state.dataset.state = next;
      setText(state, SAID[next]);
    },
  };
}

function figure(label: string): { readonly box: HTMLElement; readonly value: HTMLElement } {
  const value = h('dd', {}, '–');
  return { box: h('div', { class: 'figure' }, h('dt', {}, label), value), value };
}
