import type { TimelineActivity, TimelineEntry, TimelineScoreChange } from '#app/dashboard/api';
import { fill, h } from '#app/dashboard/page/dom';
import { createReloader, getJson } from '#app/dashboard/page/fetch';
import { change, score, words } from '#app/dashboard/page/format';
import { createKeyedList } from '#app/dashboard/page/keyed';
import { badge, card, empty, stageBadge, when } from '#app/dashboard/page/parts';
import { messageOf } from '#lib/flow/errors';

export interface TimelineView {
  readonly element: HTMLElement;
  /** Reads it again. */
  changed(): void;
}

const STEP = 50;
const MOST = 500;

/** What a lead did and what time alone did to its score, newest first, with the points of each. */
export function createTimeline(path: string): TimelineView {
  const list = h('ol', { class: 'timeline' });
  const rows = createKeyedList(list, keyOf, drawEntry);
  const more = h('button', { type: 'button', class: 'more', hidden: true }, 'Show more');
  const hint = h('div');
  let limit = STEP;

  const load = async () => {
    try {
      const found = await getJson<TimelineEntry[]>(`${path}/timeline?limit=${limit}`);
      rows.show(found);
      more.hidden = found.length < limit || limit === MOST;
      fill(hint, found.length === 0 && empty('No activity in the tables yet.', 'They follow the log within seconds.'));
    } catch (thrown) {
      fill(hint, empty('The timeline cannot be read.', messageOf(thrown)));
    }
  };
  const changed = createReloader(load, 200);
  more.addEventListener('click', () => {
    limit = Math.min(MOST, limit * 3);
    changed();
  });
  return { element: card('Timeline', 'score before → after', list, more, hint), changed };
}

const CAUSES: { readonly [cause: string]: string } = {
  move: 'Done before they were known, or by a lead joined into this one',
  historic: 'Came in long after it happened: counted, nothing was sent',
};

function keyOf(entry: TimelineEntry): string {
  return entry.kind === 'activity' ? `activity ${entry.event_id}` : `change ${entry.change_id}`;
}

function drawEntry(entry: TimelineEntry): HTMLElement {
  return entry.kind === 'activity' ? drawActivity(entry) : drawScoreChange(entry);
}

const BROUGHT_BY: { readonly [cause: string]: string } = {
  wake: 'nothing was done: time alone changed the score',
  moved_out: 'an activity went to another lead',
  addresses: 'what counts has changed with the known addresses',
};

function drawScoreChange({ at, cause, rules, score_before, score_after, delta }: TimelineScoreChange): HTMLElement {
  const named = [...new Set(rules)].map((rule) => {
    const times = rules.filter((one) => one === rule).length;
    return times === 1 ? words(rule) : `${words(rule)} × ${times}`;
  });
  return h(
    'li',
    { class: 'activity score-change' },
    h(
      'div',
      { class: 'what' },
      h('p', { class: 'line' }, h('b', {}, named.join(', '))),
      h('p', { class: 'line sub' }, BROUGHT_BY[cause] ?? cause),
    ),
    h('div', { class: 'aside' }, when(at), drawEffect(score_before, score_after, delta)),
  );
}

function drawEffect(before: number, after: number, delta: number): HTMLElement {
  const points = h('b', { class: delta < 0 ? 'points loss' : 'points gain' }, change(delta));
  return h('span', { class: 'effect' }, `${score(before)} → ${score(after)}`, Math.abs(delta) >= 0.005 && points);
}

function drawActivity(row: TimelineActivity): HTMLElement {
  const moved = row.stage_before !== row.stage_after && row.stage_after !== '';
  const note = CAUSES[row.cause];
  return h(
    'li',
    { class: 'activity' },
    h(
      'div',
      { class: 'what' },
      h(
        'p',
        { class: 'line' },
        h('b', {}, words(row.name)),
        note !== undefined && badge(row.cause === 'move' ? 'taken over' : row.cause, 'quiet', note),
        moved && h('span', { class: 'arrow' }, '→'),
        moved && stageBadge(row.stage_after),
      ),
      h('p', { class: 'line sub', title: row.url }, about(row)),
    ),
    h(
      'div',
      { class: 'aside' },
      when(row.occurred_at),
      drawEffect(row.score_before, row.score_after, row.score_after - row.score_before),
    ),
  );
}

const PROPERTIES = 4;

/** Where it happened and what the publisher said of it. */
function about(row: TimelineActivity): string {
  const origin = row.source === '' ? '' : `from ${row.source}${row.campaign === '' ? '' : ` (${row.campaign})`}`;
  return [row.path === '' ? row.url : row.path, row.title, ...propertiesOf(row.properties), origin]
    .filter((part) => part !== '')
    .join(' · ');
}

function propertiesOf(json: string): string[] {
  try {
    const properties: unknown = JSON.parse(json);
    if (typeof properties !== 'object' || properties === null) return [];
    return Object.entries(properties)
      .filter(([name, value]) => !NAMED_ELSEWHERE.has(name) && ['string', 'number', 'boolean'].includes(typeof value))
      .slice(0, PROPERTIES)
      .map(([name, value]) => `${words(name).toLowerCase()}: ${value}`);
  } catch {
    return [];
  }
}

const NAMED_ELSEWHERE: ReadonlySet<string> = new Set(['url', 'path', 'title', 'referrer']);
