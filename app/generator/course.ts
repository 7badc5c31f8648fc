/** How interested a person is: what the courses of their journeys differ in. Ranges are [from, to], both included. */
export interface Course {
  readonly name: 'passer_by' | 'regular' | 'cold' | 'warm' | 'hot';
  /** Of all people; the shares add up to 1. */
  readonly share: number;
  /** Anonymous visits before they become known, if they do. */
  readonly visits: Range;
  readonly pages: Range;
  readonly interest: Interest | undefined;
}

/** What those do who become known. Numbers between 0 and 1 are probabilities. */
export interface Interest {
  readonly mails: Range;
  readonly opens: number;
  /** Of the opened mails. */
  readonly clicks: number;
  readonly unsubscribes: number;
  /** Visits of the pricing page, within some days. */
  readonly pricingVisits: Range;
  readonly whitePaper: number;
  readonly webinar: number;
  readonly trial: number;
  readonly appointment: number;
  readonly replies: number;
}

export type Range = readonly [from: number, to: number];

const PASSER_BY: Course = { name: 'passer_by', share: 0.25, visits: [1, 3], pages: [2, 5], interest: undefined };
const REGULAR: Course = { name: 'regular', share: 0.25, visits: [3, 7], pages: [2, 6], interest: undefined };
const COLD: Course = {
  name: 'cold',
  share: 0.25,
  visits: [0, 2],
  pages: [2, 5],
  interest: {
    mails: [4, 8],
    opens: 0.22,
    clicks: 0.12,
    unsubscribes: 0.03,
    pricingVisits: [0, 1],
    whitePaper: 0.2,
    webinar: 0.05,
    trial: 0,
    appointment: 0,
    replies: 0,
  },
};
const WARM: Course = {
  name: 'warm',
  share: 0.16,
  visits: [0, 3],
  pages: [2, 6],
  interest: {
    mails: [5, 9],
    opens: 0.5,
    clicks: 0.3,
    unsubscribes: 0.01,
    pricingVisits: [1, 3],
    whitePaper: 0.5,
    webinar: 0.3,
    trial: 0.12,
    appointment: 0.08,
    replies: 0.1,
  },
};
const HOT: Course = {
  name: 'hot',
  share: 0.09,
  visits: [1, 3],
  pages: [3, 6],
  interest: {
    mails: [4, 8],
    opens: 0.75,
    clicks: 0.5,
    unsubscribes: 0.005,
    pricingVisits: [3, 5],
    whitePaper: 0.8,
    webinar: 0.5,
    trial: 0.55,
    appointment: 0.75,
    replies: 0.5,
  },
};

const COURSES: readonly Course[] = [PASSER_BY, REGULAR, COLD, WARM, HOT];

/** The course at `draw`, uniform in [0, 1). */
export function courseAt(draw: number): Course {
  let below = 0;
  for (const course of COURSES) {
    below += course.share;
    if (draw < below) return course;
  }
  return HOT;
}
