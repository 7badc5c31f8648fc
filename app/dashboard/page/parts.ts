import { type Child, h } from '#app/dashboard/page/dom';
import { ago, moment, stageName } from '#app/dashboard/page/format';

/** A time as "3 min. ago", with the exact one at hand; keeps itself up to date through `refreshTimes`. */
export function when(iso: string): HTMLTimeElement {
  return h('time', { datetime: iso, title: moment(iso), class: 'when' }, ago(iso, Date.now()));
}

/** Brings every relative time on the page up to date. */
export function refreshTimes(): void {
  const now = Date.now();
  for (const element of document.querySelectorAll<HTMLTimeElement>('time.when')) {
    const text = ago(element.dateTime, now);
    if (element.textContent !== text) element.textContent = text;
  }
}

export function stageBadge(stage: string): HTMLElement {
  return h('span', { class: 'stage', 'data-stage': stage }, stageName(stage));
}

export function badge(text: string, kind: 'quiet' | 'warn' = 'quiet', title?: string): HTMLElement {
  return h('span', { class: `badge ${kind}`, title }, text);
}

/** Leads to the lead's page; shows the email, or the id where there is none. */
export function leadLink(lead: string, email: string): HTMLAnchorElement {
  const link = { href: `#/leads/${encodeURIComponent(lead)}`, title: email === '' ? lead : `${email} · ${lead}` };
  return h('a', { ...link, class: email === '' ? 'lead-link id' : 'lead-link' }, email === '' ? shortId(lead) : email);
}

export function shortId(id: string): string {
  return id.length > 14 ? `${id.slice(0, 12)}…` : id;
}

/** A titled region of the page. */
export function card(title: string, note: string, ...children: readonly Child[]): HTMLElement {
  const id = `h-${title.toLowerCase().replace(/[^a-z]+/g, '-')}`;
  const head = h('div', { class: 'card-head' }, h('h2', { id }, title), note !== '' && h('p', { class: 'note' }, note));
  return h('section', { class: 'card', 'aria-labelledby': id }, head, ...children);
}

/** What to say, and what to do, where there is nothing yet. */
export function empty(title: string, ...advice: readonly Child[]): HTMLElement {
  return h('div', { class: 'empty' }, h('p', { class: 'empty-title' }, title), h('p', {}, ...advice));
}

export function code(text: string): HTMLElement {
  return h('code', {}, text);
}
