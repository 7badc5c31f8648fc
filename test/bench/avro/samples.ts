import { NOTHING_KNOWN } from '#lib/facts/facts';
import type { Activity, Scored } from '#schemas/generated/records';
import { activities } from '#test/bench/kafka-streams/input/activities';

/** A kind of records. */
export interface Samples {
  readonly name: string;
  readonly activities: readonly Activity[];
}

/** So many of each: those of `npm run bench -- kafka-streams`, and such as a website reports: every field is set, properties are many. */
export function samples(records: number): readonly Samples[] {
  const short = Array.from(activities(records, records / 10), ({ value }) => value);
  return [
    { name: "the bench's", activities: short },
    { name: 'every field set', activities: short.map(full) },
  ];
}

/** What the score fold of that bench makes of an activity, which is in it as the very object. */
export function scoredOf(activity: Activity): Scored {
  const { seq, logged_at, lead_id, event_id, occurred_at, name } = activity;
  const before = Math.round(1e9 * Math.sqrt(seq)) / 1e9;
  const reason = { event_id, rule: name, model_version: 'bench-1', occurred_at, raw: 5, points: 5, capped: 0 };
  return {
    seq,
    step: 0,
    logged_at,
    lead_id,
    cause: 'activity',
    cause_id: event_id,
    at: logged_at,
    historic: false,
    activity,
    moved_out: null,
    merged: null,
    score: { at: occurred_at, before, after: before + 5, added: [reason], removed: [], reasons: [reason] },
    due_at: null,
    grade: '',
    disqualified: null,
    excluded: null,
    ...NOTHING_KNOWN,
  };
}

function full(value: Activity, n: number): Activity {
  const { url, path } = value;
  const campaign = `spring-${n % 12}`;
  return {
    ...value,
    event_id: `15d296de-${(n * 40_503).toString(16).padStart(8, '0')}-84e9-84d7-b7d5fd67184c`,
    identifiers: [`user:${value.content_hash}`, ...value.identifiers],
    url: `${url}?utm_source=newsletter&utm_medium=email&utm_campaign=${campaign}&utm_id=${n}`,
    referrer: `https://www.google.com/search?q=lead+scoring+${n % 100}`,
    title: `Pricing – plans for teams of ${n % 50}`,
    source: 'newsletter',
    medium: 'email',
    campaign,
    properties: JSON.stringify({
      plan: 'team',
      position: n,
      query: campaign,
      seconds: n % 600,
      url: path,
      variant: 'b',
    }),
    context: JSON.stringify({ library: { name: 'analytics.js', version: '2.11.1' }, locale: 'de-AT', screen: n % 7 }),
    personal: {
      email: `ann.${n}@acme.example`,
      user_id: `u-${n}`,
      anonymous_id: value.personal.anonymous_id,
      traits: JSON.stringify({ company: 'Acme', company_size: n % 1000, name: 'Ann Ösel' }),
      ip: '203.0.113.7',
      user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36',
    },
  };
}
