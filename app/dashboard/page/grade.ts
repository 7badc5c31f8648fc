import type { ExplainedScore, FitReason, LeadPage } from '#app/dashboard/api';
import { fill, h } from '#app/dashboard/page/dom';
import { rawPoints, words } from '#app/dashboard/page/format';
import { card } from '#app/dashboard/page/parts';

export interface GradeView {
  readonly element: HTMLElement;
  show(page: LeadPage): void;
}

/** How well the lead fits, and why; not there if the model neither grades nor disqualifies it. */
export function createGrade(): GradeView {
  const content = h('div', { class: 'grade-parts' });
  const element = card('Grade', 'how well the person fits, by what is known of it', content);
  return {
    element,
    show({ explanation }) {
      element.hidden = explanation === null || (explanation.grade === '' && explanation.disqualified === null);
      if (explanation !== null) fill(content, ...drawGrade(explanation));
    },
  };
}

function drawGrade({ grade, fit, disqualified }: ExplainedScore): HTMLElement[] {
  const reasons = fit?.reasons ?? [];
  const because =
    reasons.length === 0
      ? h('p', { class: 'sub' }, 'No rule of the grade matches what is known of this person.')
      : h('ul', { class: 'reasons' }, ...reasons.map(drawReason));
  const letter = h(
    'p',
    { class: 'grade-letter' },
    h('b', { id: 'grade' }, grade),
    h('span', { class: 'sub' }, `${rawPoints(fit?.points ?? 0)} points of fit`),
  );
  const why =
    disqualified === null ? [] : [h('p', { class: 'disqualified' }, h('b', {}, 'Disqualified: '), disqualified)];
  return grade === '' ? why : [...why, h('div', { class: 'graded' }, letter, because)];
}

function drawReason({ rule, points, disqualifies }: FitReason): HTMLElement {
  const given = h('b', { class: points < 0 ? 'loss' : 'gain' }, rawPoints(points));
  const bars = disqualifies !== null && h('span', { class: 'sub' }, `disqualifies: ${disqualifies}`);
  return h('li', { class: 'line' }, words(rule), points !== 0 && given, bars);
}
