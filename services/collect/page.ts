import { clip } from '#lib/flow/clip';
import { COST_RECORDED } from '#services/collect/behaviour';
import type { Call, CallType } from '#services/collect/call';
import { cleanText, isJsonObject, type JsonObject } from '#services/collect/json';
import { hostOf, parameterOf, pathOf } from '#services/collect/url';

/** Where an event happened and what brought the person there; as in LeadEvent. */
export interface Page {
  readonly url: string | null;
  readonly path: string | null;
  readonly referrer: string | null;
  readonly title: string | null;
  readonly source: string | null;
  readonly medium: string | null;
  readonly campaign: string | null;
}

/**
 * Properties go before context.page; context.campaign before the address's utm parameters. Of source, medium and campaign
 * the first 200 characters count; those of a cost are what its properties say it was spent on.
 */
export function pageOf({ type, fields, properties, context }: Call, name: string): Page {
  const page = isJsonObject(context.page) ? context.page : NOTHING;
  const campaign = isJsonObject(context.campaign) ? context.campaign : NOTHING;
  const spentOn = name === COST_RECORDED ? properties : NOTHING;
  const url = textOf(properties, 'url') ?? textOf(page, 'url');
  const referrer = textOf(properties, 'referrer') ?? textOf(page, 'referrer');
  return {
    url,
    path: pathIn(url) ?? pathIn(textOf(properties, 'path') ?? textOf(page, 'path')),
    referrer,
    title: textOf(properties, 'title') ?? textOf(page, 'title') ?? (isView(type) ? textOf(fields, 'name') : null),
    source: named(
      textOf(spentOn, 'source') ?? textOf(campaign, 'source') ?? utm(url, 'utm_source') ?? sentFrom(referrer, url),
    ),
    medium: named(textOf(spentOn, 'medium') ?? textOf(campaign, 'medium') ?? utm(url, 'utm_medium')),
    campaign: named(textOf(spentOn, 'campaign') ?? textOf(campaign, 'name') ?? utm(url, 'utm_campaign')),
  };
}

const NOTHING: JsonObject = {};

/** Longer names of campaigns and the like are made by machines; anybody can write them into an address. */
const LONGEST_NAME = 200;

function named(text: string | null): string | null {
  return text === null ? null : clip(text, LONGEST_NAME);
}

function textOf(object: JsonObject, field: string): string | null {
  const value = object[field];
  return typeof value === 'string' && value !== '' ? cleanText(value) : null;
}

function isView(type: CallType): boolean {
  return type === 'page' || type === 'screen';
}

function pathIn(address: string | null): string | null {
  return address === null ? null : pathOf(address);
}

function utm(url: string | null, name: string): string | null {
  return url?.includes('utm_') ? parameterOf(url, name) : null;
}

/** The referrer's host, unless it is the site itself: a click within a site has no source. */
function sentFrom(referrer: string | null, url: string | null): string | null {
  const host = referrer === null ? null : hostOf(referrer);
  return host !== null && url !== null && host === hostOf(url) ? null : host;
}
