import type { FunnelStage, LeadRow } from '#app/dashboard/api';
import { fill, h } from '#app/dashboard/page/dom';
import { createReloader, getJson } from '#app/dashboard/page/fetch';
import { count, moment, score, stageName } from '#app/dashboard/page/format';
import { createKeyedList } from '#app/dashboard/page/keyed';
import { card, code, empty, leadLink, stageBadge, when } from '#app/dashboard/page/parts';
import { messageOf } from '#lib/flow/errors';

export interface LeadsView {
  readonly element: HTMLElement;
  /** Something changed: reads the table again, at most every 2 s. */
  changed(funnel: readonly FunnelStage[]): void;
}

const LIMIT = 50;

/** Leads by score, with a search and a stage to look at. */
export function createLeads(): LeadsView {
  const search = h('input', { type: 'search', placeholder: 'Email, lead id, userId', 'aria-label': 'Search leads' });
  const stage = h('select', { 'aria-label': 'Stage' }, h('option', { value: '' }, 'All stages'));
  const body = h('tbody');
  const rows = createKeyedList(body, (row: LeadRow) => row.lead_id, drawRow);
  const hint = h('div');
  const head = h('tr', {}, ...['Lead', 'Stage', 'Score', 'Activities', 'Source', 'Last seen'].map(column));
  const table = h('div', { class: 'scroll' }, h('table', { class: 'leads' }, h('thead', {}, head), body));
  const filters = h('form', { class: 'filters', role: 'search' }, search, stage);
  const element = card('Leads', `by score, at most ${LIMIT}`, filters, table, hint);

  const load = async () => {
    const query = new URLSearchParams({ search: search.value, stage: stage.value, limit: String(LIMIT) });
    try {
      const found = await getJson<LeadRow[]>(`/api/leads?${query}`);
      rows.show(found);
      table.hidden = found.length === 0;
      fill(hint, found.length === 0 && nothing(search.value !== '' || stage.value !== ''));
    } catch (thrown) {
      fill(hint, empty('The leads cannot be read.', messageOf(thrown)));
    }
  };
  const reload = createReloader(load, 2000);
  const ask = createReloader(load, 200);
  search.addEventListener('input', ask);
  stage.addEventListener('change', ask);
  filters.addEventListener('submit', (event) => event.preventDefault());
  return {
    element,
    changed(funnel) {
      offer(stage, funnel);
      reload();
    },
  };
}

function nothing(filtered: boolean): HTMLElement {
  if (filtered)
    return empty('Nobody fits.', 'Search for a part of an email, a lead id or a userId, or choose all stages.');
  return empty('No leads yet.', 'Bring in a history: ', code('npx leadstream import FILE --data DIR'), '.');
}

function offer(select: HTMLSelectElement, funnel: readonly FunnelStage[]): void {
  const known = new Set([...select.options].map((option) => option.value));
  for (const { stage } of funnel) {
    if (!known.has(stage)) select.append(h('option', { value: stage }, stageName(stage)));
  }
}

const COLUMNS: { readonly [title: string]: string } = {
  Score: 'number',
  Activities: 'number wide',
  Source: 'wide',
  'Last seen': 'last-seen',
};

function column(title: string): HTMLElement {
  return h('th', { scope: 'col', class: COLUMNS[title] }, title);
}

function drawRow(row: LeadRow): HTMLElement {
  const id = row.email !== '' && h('span', { class: 'id' }, row.lead_id.slice(0, 8));
  return h(
    'tr',
    {},
    h('td', {}, h('div', { class: 'who' }, leadLink(row.lead_id, row.email), id)),
    h('td', {}, stageBadge(row.stage)),
    h('td', { class: 'number', title: `as of ${moment(row.score_at)}` }, score(row.score)),
    h('td', { class: 'number wide' }, count(row.activities)),
    h('td', { class: 'source wide' }, [row.source, row.campaign].filter((part) => part !== '').join(' · ') || '–'),
    h('td', { class: 'last-seen' }, when(row.last_seen)),
  );
}
