const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const points = new Intl.NumberFormat('en', { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const signed = new Intl.NumberFormat('en', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
  signDisplay: 'exceptZero',
});
const raw = new Intl.NumberFormat('en', { maximumFractionDigits: 2, signDisplay: 'exceptZero' });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumSignificantDigits: 2 });
const exact = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'medium' });
const day = new Intl.DateTimeFormat('en', { year: 'numeric', month: 'short', day: 'numeric' });
const monthDay = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'long' });

export function count(value: number): string {
  return value < 1_000_000 ? whole.format(value) : compact.format(value);
}

export function score(value: number): string {
  return points.format(Math.abs(value) < 0.05 ? 0 : value);
}

/** With its sign and two decimals. */
export function change(value: number): string {
  return signed.format(value).replace('-', '−');
}

/** With its sign, without decimals it does not need. */
export function rawPoints(value: number): string {
  return raw.format(value).replace('-', '−');
}

export function share(value: number): string {
  return percent.format(value);
}

/** Events per second, or per minute when there are few. */
export function rate(perSecond: number): string {
  if (perSecond >= 1) return `${perSecond < 10 ? points.format(perSecond) : whole.format(perSecond)}/s`;
  return perSecond > 0 ? `${whole.format(Math.max(1, perSecond * 60))}/min` : '0/s';
}

export function moment(iso: string): string {
  return exact.format(new Date(iso));
}

export function date(iso: string): string {
  return day.format(new Date(iso));
}

export function shortDate(iso: string): string {
  return monthDay.format(new Date(iso));
}

/** Unit, its length and the least span that it is used for, s. */
const UNITS = [
  ['year', 365 * 86_400, 2 * 365 * 86_400],
  ['month', 30 * 86_400, 60 * 86_400],
  ['day', 86_400, 86_400],
  ['hour', 3600, 3600],
  ['minute', 60, 60],
] as const;

/** How long ago (or ahead) of `now` (ms) a time is. */
export function ago(iso: string, now: number): string {
  const seconds = (Date.parse(iso) - now) / 1000;
  for (const [unit, length, least] of UNITS) {
    if (Math.abs(seconds) >= least) return relative.format(Math.trunc(seconds / length), unit);
  }
  return Math.abs(seconds) < 5 ? 'now' : relative.format(Math.trunc(seconds), 'second');
}

const DAY = 86_400_000;

/** How many whole days ahead of `now` (ms) a time is. */
export function away(iso: string, now: number): string {
  const days = Math.floor((Date.parse(iso) - now) / DAY);
  return days < 1 ? 'within a day' : days === 1 ? 'in 1 day' : `in ${count(days)} days`;
}

const ordinals = new Intl.PluralRules('en', { type: 'ordinal' });
const ENDINGS: { readonly [kind: string]: string } = { one: 'st', two: 'nd', few: 'rd' };

/** 2 → 2nd */
export function ordinal(value: number): string {
  return `${count(value)}${ENDINGS[ordinals.select(value)] ?? 'th'}`;
}

/** page_viewed → Page viewed */
export function words(name: string): string {
  const spaced = name.replace(/[_-]+/g, ' ').trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

const SHORT: ReadonlySet<string> = new Set(['mql', 'sql', 'iql', 'sal']);

export function stageName(stage: string): string {
  return SHORT.has(stage) ? stage.toUpperCase() : words(stage);
}
