import type { Snapshot } from '#app/dashboard/api';
import { h } from '#app/dashboard/page/dom';
import { createFunnel } from '#app/dashboard/page/funnel';
import { createLeads } from '#app/dashboard/page/leads';
import { createHandoffs, createTriggers } from '#app/dashboard/page/recent';
import type { View } from '#app/dashboard/page/view';

/** Everybody: the funnel, the newest decisions, the leads. */
export function createOverview(): View {
  const funnel = createFunnel();
  const triggers = createTriggers();
  const handoffs = createHandoffs();
  const leads = createLeads();
  const columns = h('div', { class: 'columns' }, triggers.element, handoffs.element);
  return {
    title: 'Leadstream',
    element: h(
      'div',
      { class: 'view' },
      h('h1', { class: 'hidden' }, 'Overview'),
      funnel.element,
      columns,
      leads.element,
    ),
    update(snapshot: Snapshot) {
      funnel.show(snapshot.funnel);
      triggers.show(snapshot.triggers);
      handoffs.show(snapshot.handoffs);
      leads.changed(snapshot.funnel);
    },
    close() {},
  };
}
