import { becomeKnown, weighUp } from '#app/generator/buying';
import { courseAt } from '#app/generator/course';
import { Diary } from '#app/generator/diary';
import { nurture } from '#app/generator/nurturing';
import { createRandom, type Random, type Seed } from '#app/generator/random';
import { sell } from '#app/generator/selling';
import { INNER_PAGES, LANDING_PAGES, type Page, VISITS } from '#app/generator/site';
import type { Step } from '#app/generator/step';
import { arrivalIn, daysAfter, type Span } from '#app/generator/time';

/** Of those who become known, so many use a second device. */
const SECOND_DEVICE = 0.12;

/** When a lead's journey begins: the time of its first step. */
export function arrivalOf(seed: Seed, lead: number, span: Span): number {
  return arrivalIn(span, createRandom(seed, lead));
}

/**
 * All that one person does, from the first anonymous visit on, in order of time; it may go on beyond the span. The same
 * arguments give the same steps.
 */
export function journeyOf(seed: Seed, lead: number, span: Span): readonly Step[] {
  const random = createRandom(seed, lead);
  const diary = new Diary(random);
  let at = arrivalIn(span, random);
  const { interest, visits, pages } = courseAt(random.next());
  const devices = interest !== undefined && random.chance(SECOND_DEVICE) ? 2 : 1;
  for (let visit = random.whole(...visits); visit > 0; visit--) {
    const list = somePages(random, random.whole(...pages));
    at = diary.browse(at, random.whole(0, devices - 1), random.pick(VISITS), list).left();
    at = daysAfter(at, 0.5, 9, random);
  }
  if (interest !== undefined) {
    const known = becomeKnown(diary, interest, at, random.pick(VISITS));
    nurture(diary, interest, devices, known);
    const asked = weighUp(diary, interest, known);
    if (asked !== undefined) sell(diary, asked);
  }
  return inOrder(diary);
}

function somePages(random: Random, count: number): readonly [Page, ...Page[]] {
  const pages: [Page, ...Page[]] = [random.pick(LANDING_PAGES)];
  while (pages.length < count) pages.push(random.pick(INNER_PAGES));
  return pages;
}

function inOrder(diary: Diary): readonly Step[] {
  return diary.steps.sort((one, other) => one.at - other.at);
}
