import type { LeadPage, LeadRow } from '#app/dashboard/api';
import { createAhead } from '#app/dashboard/page/ahead';
import { createChart } from '#app/dashboard/page/chart';
import { fill, h } from '#app/dashboard/page/dom';
import { createExplanation, MANY } from '#app/dashboard/page/explanation';
import { createReloader, getJson, Refused } from '#app/dashboard/page/fetch';
import { count, date, ordinal, score } from '#app/dashboard/page/format';
import { createGrade } from '#app/dashboard/page/grade';
import { drawHistory } from '#app/dashboard/page/history';
import { createMissing } from '#app/dashboard/page/missing';
import { card, empty, stageBadge, when } from '#app/dashboard/page/parts';
import { createTimeline } from '#app/dashboard/page/timeline';
import type { View } from '#app/dashboard/page/view';
import { messageOf } from '#lib/flow/errors';

/** Fading points are drawn anew this often, ms; in between, selected text stays selected. */
const FADES = 60_000;

/** One lead: who, why this score, how it came about. */
export function createLeadView(reference: string): View {
  const path = `/api/leads/${encodeURIComponent(reference)}`;
  const head = h('div', { class: 'card lead-head' }, h('p', { class: 'note' }, 'Loading…'));
  const back = h('a', { class: 'back', href: '#/' }, '← All leads');
  const explanation = createExplanation();
  const grade = createGrade();
  const missing = createMissing();
  const ahead = createAhead();
  const chart = createChart();
  const history = h('ol', { class: 'history' });
  const timeline = createTimeline(path);
  const sections = h(
    'div',
    { class: 'lead-sections', hidden: true },
    card('Score over time', 'as known now; dashed: if nothing more happens', chart.element),
    h(
      'div',
      { class: 'columns' },
      h(
        'div',
        { class: 'lead-sections' },
        ...[explanation.element, missing.element, ahead.element, grade.element, card('Stages', '', history)],
      ),
      timeline.element,
    ),
  );
  let seen = '';
  let drawn = 0;

  const show = (page: LeadPage) => {
    const version = versionOf(page);
    if (version === seen && Date.now() - drawn < FADES) return;
    if (version !== seen) timeline.changed();
    seen = version;
    drawn = Date.now();
    fill(head, ...whoIs(page));
    sections.hidden = false;
    chart.show(page);
    explanation.show(page);
    ahead.show(page);
    grade.show(page);
    missing.show(page);
    fill(history, ...drawHistory(page.stage_changes));
  };
  const load = async () => {
    try {
      show(await getJson<LeadPage>(`${path}?limit=${MANY}`));
    } catch (thrown) {
      sections.hidden = true;
      const missing = thrown instanceof Refused && thrown.status === 404;
      fill(head, empty(missing ? 'No such lead.' : 'This lead cannot be read.', messageOf(thrown)));
    }
  };
  const reload = createReloader(load, 2000);
  reload();
  return {
    title: `${reference} · Leadstream`,
    element: h('div', { class: 'view' }, back, head, sections),
    update: reload,
    close: () => chart.close(),
  };
}

/** What has to change before the page is drawn again; points fade all the time. */
function versionOf(page: LeadPage): string {
  const counted = page.explanation?.contributions.map((entry) => [entry.event_id, entry.rule]);
  const others = page.explanation?.rest.count;
  const graded = [page.explanation?.fit, page.explanation?.disqualified];
  const missing = page.next_stages.map(({ moves }) => moves.map(({ conditions }) => conditions.map(({ met }) => met)));
  return JSON.stringify([page.row, page.stage_changes, counted, others, graded, missing]);
}

function whoIs(page: LeadPage): HTMLElement[] {
  const { row } = page;
  const name = row === null || row.email === '' ? (row?.known === true ? page.lead_id : 'Visitor') : row.email;
  const value = page.explanation?.score ?? row?.score ?? 0;
  const figure = h('p', { class: 'big-score' }, h('b', { id: 'score' }, score(value)), h('span', {}, 'points now'));
  const who = h(
    'div',
    { class: 'who' },
    h('h1', {}, name),
    h('p', { class: 'line' }, row !== null && stageBadge(row.stage), h('span', { class: 'id' }, page.lead_id)),
    row === null ? h('p', { class: 'note' }, 'The tables have not caught up with this lead yet.') : facts(row, page),
  );
  return [who, figure];
}

function facts(row: LeadRow, { stage_changes, explanation }: LeadPage): HTMLElement {
  const visits = stage_changes.filter((change) => change.to_stage === row.stage).length;
  const grade = explanation?.grade || row.grade;
  const origin = [row.source, row.medium, row.campaign].filter((part) => part !== '').join(' · ');
  return h(
    'dl',
    { class: 'facts' },
    fact('First seen', when(row.first_seen)),
    fact('Last seen', when(row.last_seen)),
    fact('In this stage since', stageSince(row.stage_since)),
    visits > 1 && fact('In this stage for the', `${ordinal(visits)} time`),
    fact('Activities', count(row.activities)),
    grade !== '' && fact('Grade', grade),
    origin !== '' && fact('Came from', origin),
  );
}

function stageSince(iso: string): HTMLElement {
  return h('span', {}, `${date(iso)}, `, when(iso));
}

function fact(label: string, value: Node | string): HTMLElement {
  return h('div', {}, h('dt', {}, label), h('dd', {}, value));
}
