import type { Snapshot } from '#app/dashboard/api';
import { createHeader } from '#app/dashboard/page/header';
import { createLeadView } from '#app/dashboard/page/lead';
import { followLive } from '#app/dashboard/page/live';
import { createOverview } from '#app/dashboard/page/overview';
import { refreshTimes } from '#app/dashboard/page/parts';
import type { View } from '#app/dashboard/page/view';

function part(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element ${id}`);
  return element;
}

const content = part('content');
const problem = part('problem');
const header = createHeader(part('top'));
const overview = createOverview();
let view: View | undefined;
let newest: Snapshot | undefined;

function show(next: View): void {
  view?.close();
  view = next;
  document.title = next.title;
  content.replaceChildren(next.element);
  if (newest !== undefined) next.update(newest);
}

function route(): void {
  if (location.hash !== '' && !location.hash.startsWith('#/')) return;
  const lead = /^#\/leads\/(.+)$/.exec(location.hash)?.[1];
  const before = view;
  show(lead === undefined ? overview : createLeadView(decode(lead)));
  if (before === undefined) return;
  scrollTo(0, 0);
  content.focus({ preventScroll: true });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function warn(line: string): void {
  problem.hidden = line === '';
  problem.textContent = line;
}

addEventListener('hashchange', route);
setInterval(refreshTimes, 5000);
// Scores fade also while nothing happens.
setInterval(() => newest !== undefined && view?.update(newest), 60_000);
route();
followLive('/api/stream', {
  update(snapshot) {
    newest = snapshot;
    warn('');
    header.show(snapshot.stats);
    view?.update(snapshot);
  },
  problem: warn,
  connection: (state) => header.connection(state),
});
