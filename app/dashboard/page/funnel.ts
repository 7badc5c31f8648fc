import type { FunnelStage } from '#app/dashboard/api';
import { fill, h, setText } from '#app/dashboard/page/dom';
import { count, share, stageName } from '#app/dashboard/page/format';
import { card, code, empty } from '#app/dashboard/page/parts';

export interface FunnelView {
  readonly element: HTMLElement;
  show(funnel: readonly FunnelStage[]): void;
}

interface Rung {
  readonly element: HTMLElement;
  show(stage: FunnelStage, most: number): void;
}

/** Horizontal bars: how many ever reached each stage, how many are there now, and the share that came on. */
export function createFunnel(): FunnelView {
  const rungs = new Map<string, Rung>();
  const list = h('ol', { class: 'funnel' });
  const beside = h('ul', { class: 'beside' });
  const hint = empty(
    'Nobody has come by yet.',
    'Start with demo traffic, ',
    code('npx leadstream start --demo'),
    ', or send a first event to ',
    code(`${location.origin}/v1/track`),
    '. The funnel fills while you watch.',
  );
  const legend = h(
    'p',
    { class: 'legend' },
    h('span', { class: 'key now' }, 'there now'),
    h('span', { class: 'key reached' }, 'reached it'),
  );
  const element = card('Funnel', '', legend, list, beside, hint);
  return {
    element,
    show(funnel) {
      const ladder = funnel.filter((stage) => stage.ladder);
      const most = Math.max(1, ...ladder.map((stage) => stage.reached));
      for (const stage of ladder) {
        const rung = rungs.get(stage.stage) ?? createRung(stage.stage);
        rungs.set(stage.stage, rung);
        rung.show(stage, most);
      }
      const elements = ladder.flatMap(({ stage }) => rungs.get(stage)?.element ?? []);
      if (
        elements.some((element, place) => list.children[place] !== element) ||
        list.children.length !== ladder.length
      ) {
        fill(list, ...elements);
      }
      const aside = funnel.filter((stage) => !stage.ladder && stage.reached > 0);
      fill(beside, ...aside.map((stage) => h('li', {}, `${stageName(stage.stage)} `, h('b', {}, count(stage.leads)))));
      hint.hidden = funnel.some((stage) => stage.reached > 0);
    },
  };
}

function createRung(stage: string): Rung {
  const reached = h('div', { class: 'reached' });
  const now = h('div', { class: 'now' });
  const total = h('span', { class: 'total' });
  const here = h('span', { class: 'here' });
  const conversion = h('span', { class: 'conversion' });
  const bars = h('div', { class: 'track', 'aria-hidden': 'true' }, reached, now);
  const numbers = h('div', { class: 'numbers' }, total, here);
  const name = h('span', { class: 'name' }, stageName(stage));
  const element = h('li', { class: 'rung', 'data-stage': stage }, name, bars, numbers, conversion);
  return {
    element,
    show(entry, most) {
      reached.style.width = `${(100 * entry.reached) / most}%`;
      now.style.width = `${(100 * Math.min(entry.leads, entry.reached)) / most}%`;
      setText(total, count(entry.reached));
      setText(here, `${count(entry.leads)} now`);
      setText(conversion, entry.conversion === null ? '' : share(entry.conversion));
      conversion.title = entry.conversion === null ? '' : 'of those who reached the stage before';
    },
  };
}
