import type { Interest } from '#app/generator/course';
import type { Diary } from '#app/generator/diary';
import {
  BOOKING,
  CONTACT,
  DIRECT,
  INNER_PAGES,
  LANDING_PAGES,
  NEWSLETTER,
  type Page,
  PRICING,
  TRIAL,
  type Visit,
  WEBINARS,
  WHITE_PAPERS,
} from '#app/generator/site';
import { DAY, daysAfter, HOUR, MINUTE } from '#app/generator/time';

const PLANS: readonly [string, ...string[]] = ['starter', 'team', 'business'];
const ASSETS: readonly [string, ...string[]] = [
  'scoring-that-sales-trusts',
  'nurturing-playbook',
  'state-of-b2b-leads',
];
const WEBINAR_IDS: readonly [string, ...string[]] = ['lead-scoring-live', 'from-mql-to-revenue'];

/** A visit that ends in a form: the person is known from there on. Returns when. */
export function becomeKnown(diary: Diary, interest: Interest, at: number, visit: Visit): number {
  const { random } = diary;
  const draw = random.next();
  const isAssets = draw < interest.whitePaper;
  const goal = isAssets ? WHITE_PAPERS : draw < 0.9 ? NEWSLETTER : CONTACT;
  const browsing = diary.browse(at, 0, visit, [random.pick(LANDING_PAGES), random.pick(INNER_PAGES), goal]);
  browsing.identify();
  if (goal === NEWSLETTER) {
    browsing.does('subscribed', { list: 'newsletter' });
  } else {
    browsing.does('form_submitted', { form_id: isAssets ? 'white-paper' : 'contact' });
    if (isAssets) browsing.does('asset_downloaded', { asset_type: 'white_paper', asset_id: random.pick(ASSETS) });
  }
  return browsing.left();
}

/** What the person does of their own accord once known. Returns when they asked for a meeting or a trial, if they did. */
export function weighUp(diary: Diary, interest: Interest, since: number): number | undefined {
  const { random } = diary;
  let at = since;
  if (random.chance(interest.webinar)) at = attendWebinar(diary, at);
  const visits = random.whole(...interest.pricingVisits);
  for (let visit = 0; visit < visits; visit++) {
    at = daysAfter(at, visit === 0 ? 1 : 0.2, visit === 0 ? 9 : 2.5, random);
    at = diary.browse(at, 0, DIRECT, pagesAround(diary, PRICING)).left();
  }
  if (random.chance(0.15)) {
    const browsing = diary.browse(daysAfter(at, 1, 6, random), 0, DIRECT, [PRICING]);
    browsing.does('calculator_used', { seats: random.whole(3, 80) });
    at = browsing.left();
  }
  if (random.chance(interest.replies)) {
    diary.mailed(at + random.whole(MINUTE, 9 * HOUR), 0, 'welcome', 'email_replied');
  }
  const isTrial = random.chance(interest.trial);
  if (isTrial) {
    const trial = diary.browse(daysAfter(at, 0.1, 4, random), 0, DIRECT, [PRICING, TRIAL]);
    trial.does('trial_started', { plan: random.pick(PLANS) });
    at = trial.left();
  }
  if (!random.chance(interest.appointment)) return isTrial ? at : undefined;
  return makeAppointment(diary, daysAfter(at, 0.1, 3, random));
}

/** Returns when they booked, or undefined if they called it off. */
function makeAppointment(diary: Diary, at: number): number | undefined {
  const { random } = diary;
  const booking = diary.browse(at, 0, DIRECT, pagesAround(diary, BOOKING));
  const booked = booking.left();
  const startsAt = Math.floor((booked + random.whole(2, 6) * DAY) / HOUR) * HOUR;
  booking.does('appointment_scheduled', { starts_at: new Date(startsAt).toISOString() }, 0);
  if (!random.chance(0.15)) return booking.left();
  const regret = diary.browse(booked + random.whole(3, 40) * HOUR, 0, DIRECT, [BOOKING]);
  regret.does('booking_canceled', {}, 0);
  return undefined;
}

function attendWebinar(diary: Diary, since: number): number {
  const { random } = diary;
  const webinar = { webinar_id: random.pick(WEBINAR_IDS) };
  const registration = diary.browse(daysAfter(since, 1, 6, random), 0, DIRECT, [WEBINARS]);
  registration.does('webinar_registered', webinar);
  const registered = registration.left();
  if (!random.chance(0.6)) return registered;
  const attendance = diary.browse(daysAfter(registered, 2, 6, random), 0, DIRECT, [WEBINARS]);
  attendance.does('webinar_attended', webinar);
  return attendance.left();
}

function pagesAround(diary: Diary, goal: Page): readonly [Page, ...Page[]] {
  const { random } = diary;
  return random.chance(0.5) ? [random.pick(INNER_PAGES), goal] : [goal];
}
