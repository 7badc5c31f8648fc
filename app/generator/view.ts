import { type Campaign, type Page, SITE, type Visit } from '#app/generator/site';
import type { View } from '#app/generator/step';

/** A view of a page as JSON: the properties of the page call, and the context of everything done there. */
export interface ViewText {
  readonly properties: string;
  /** context.page and, in a campaign's visit, context.campaign; with their names, to be put into an object. */
  readonly context: string;
}

/** There are few pages and visits, and they never change. */
const texts = new Map<Page, Map<Visit, Map<Page | undefined, ViewText>>>();

export function viewText({ page, visit, from }: View): ViewText {
  return texts.get(page)?.get(visit)?.get(from) ?? remember(page, visit, from);
}

function remember(page: Page, visit: Visit, from: Page | undefined): ViewText {
  const byVisit = texts.get(page) ?? new Map<Visit, Map<Page | undefined, ViewText>>();
  const byFrom = byVisit.get(visit) ?? new Map<Page | undefined, ViewText>();
  const text = textOf(page, visit, from);
  texts.set(page, byVisit.set(visit, byFrom.set(from, text)));
  return text;
}

function textOf({ path, title }: Page, visit: Visit, from: Page | undefined): ViewText {
  const search = from === undefined ? searchOf(visit.campaign) : '';
  const url = `${SITE}${path}${search}`;
  const referrer = from === undefined ? visit.referrer : `${SITE}${from.path}`;
  const page = `"page":${JSON.stringify({ path, referrer, search, title, url })}`;
  return {
    properties: JSON.stringify({ path, referrer, title, url }),
    context: visit.campaign === undefined ? page : `${page},"campaign":${JSON.stringify(visit.campaign)}`,
  };
}

function searchOf(campaign: Campaign | undefined): string {
  if (campaign === undefined) return '';
  return `?utm_source=${campaign.source}&utm_medium=${campaign.medium}&utm_campaign=${campaign.name}`;
}
