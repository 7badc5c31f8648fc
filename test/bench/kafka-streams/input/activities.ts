import { UNSTAMPED } from '#lib/facts/facts';
import type { Activity, Personal } from '#schemas/generated/records';
import type { Message } from '#schemas/topics';
import { DAY } from '#test/bench/kafka-streams/folds/rules';

export type ActivityRecord = Message<'Activity', Activity>;

const NAMES = [
  ...Array<string>(50).fill('page_viewed'),
  ...Array<string>(20).fill('email_opened'),
  ...Array<string>(12).fill('email_clicked'),
  ...Array<string>(8).fill('asset_downloaded'),
  ...Array<string>(5).fill('webinar_registered'),
  ...Array<string>(3).fill('form_submitted'),
  ...Array<string>(2).fill('trial_started'),
];
const PATHS = ['/', '/pricing', '/docs/getting-started', '/blog/lead-scoring', '/webinars/spring', '/customers'];
const SOURCES = ['google', 'newsletter', 'linkedin', null];
const BEGIN = Date.UTC(2024, 0, 1);
/** All events occur in so long. */
const SPAN = 60 * DAY;

/** So many events of so many leads, in the order of their times; the same ones each time. */
export function* activities(events: number, leads: number): Generator<ActivityRecord> {
  const random = mulberry32(7);
  for (let seq = 0; seq < events; seq++) {
    const lead = Math.floor(random() * leads);
    const at = BEGIN + Math.floor((seq * SPAN) / events);
    const path = of(PATHS, random());
    const source = of(SOURCES, random());
    const id = hex(lead * 2_654_435_761);
    const anonymous = `a${id}`;
    const value: Activity = {
      seq,
      logged_at: at,
      lead_id: `lead-${id}`,
      known: true,
      event_id: `e-${hex(seq * 40_503)}-${seq}`,
      publisher: 'site',
      name: of(NAMES, random()),
      occurred_at: at,
      received_at: at + 40,
      cause: 'live',
      clamped: false,
      identifiers: [`anonymous:${id}${id}`],
      content_hash: `${hex(seq)}${hex(seq * 97)}`,
      input_offset: seq,
      url: `https://example.com${path}`,
      path,
      referrer: null,
      title: null,
      source,
      medium: source === null ? null : 'cpc',
      campaign: null,
      properties: '{}',
      context: '{}',
      ...UNSTAMPED,
      personal: { ...NOBODY, anonymous_id: anonymous },
    };
    yield { type: 'Activity', value };
  }
}

const NOBODY: Personal = {
  email: null,
  user_id: null,
  anonymous_id: null,
  traits: '{}',
  ip: null,
  user_agent: null,
};

function of<Item>(items: readonly Item[], at: number): Item {
  const item = items[Math.floor(at * items.length)];
  if (item === undefined) throw new Error('a random number is at least 0 and below 1');
  return item;
}

function hex(number: number): string {
  return (number % 2 ** 32).toString(16).padStart(8, '0');
}

/** Numbers from 0 to below 1: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
