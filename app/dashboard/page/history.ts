import type { StageChange } from '#app/dashboard/api';
import { h } from '#app/dashboard/page/dom';
import { date } from '#app/dashboard/page/format';
import { empty, stageBadge, when } from '#app/dashboard/page/parts';

/** A lead's way through the stages, newest first. */
export function drawHistory(changes: readonly StageChange[]): HTMLElement[] {
  if (changes.length === 0) {
    return [h('li', { class: 'none' }, empty('No change of stage yet.', 'The rules are in model/stages.yaml.'))];
  }
  return changes.map((change) =>
    h(
      'li',
      {},
      h(
        'p',
        { class: 'line' },
        change.from_stage !== '' && stageBadge(change.from_stage),
        change.from_stage !== '' && h('span', { class: 'arrow' }, '→'),
        stageBadge(change.to_stage),
      ),
      h('p', { class: 'line sub' }, h('span', {}, change.reason), h('span', {}, date(change.at)), when(change.at)),
    ),
  );
}
