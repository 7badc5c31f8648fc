import { callText } from '#app/generator/call';
import { journeyOf } from '#app/generator/journey';
import { mix, type Seed } from '#app/generator/random';
import type { Step } from '#app/generator/step';
import { SECOND } from '#app/generator/time';

/** So many people are under way at once, each doing something every other second: 10 to 20 events per second. */
const PEOPLE = 20;
const SHORTEST_PAUSE = 0.5 * SECOND;
const LONGEST_PAUSE = 2 * SECOND;
/** The first few are buyers in a hurry, so that the whole funnel shows within a minute. */
const BUYERS = 5;
const HURRY = 0.5;

/** People who live through months in a minute. */
export interface Crowd {
  /**
   * What they have done since the last call, as JSON texts of Segment calls, in order. `played`: ms since the start, never
   * going back; `now`: the present, ms since 1970 UTC, which the calls' times lead up to.
   */
  readonly until: (played: number, now: number) => readonly string[];
}

/** Somebody under way; `at` is when the next step is due, ms since the start. */
interface Walker {
  readonly lead: number;
  readonly steps: readonly Step[];
  readonly pace: number;
  next: number;
  at: number;
}

interface Done {
  readonly lead: number;
  readonly number: number;
  readonly step: Step;
  readonly at: number;
}

/** Always the same number of people: whoever comes to the end of their journey makes room for a new one. */
export function createCrowd(seed: Seed, start: number): Crowd {
  const span = { start, days: 1 };
  let leads = 0;
  const walkers = Array.from({ length: PEOPLE }, (_, place) => (place < BUYERS ? buyer() : passer(0)));

  function passer(at: number): Walker {
    const lead = leads++;
    return { lead, steps: journeyOf(seed, lead, span), pace: 1, next: 0, at: at + pauseBefore(seed, lead, 0) };
  }

  function buyer(): Walker {
    for (;;) {
      const lead = leads++;
      const steps = journeyOf(seed, lead, span);
      if (steps.some(isSettled)) return { lead, steps, pace: HURRY, next: 0, at: pauseBefore(seed, lead, 0) };
    }
  }

  function walk(place: number, played: number): readonly Done[] {
    const done: Done[] = [];
    for (;;) {
      const walker = walkers[place];
      if (walker === undefined || walker.at > played) return done;
      const { lead, steps, pace, next: number, at } = walker;
      const step = steps[number];
      if (step === undefined) {
        walkers[place] = passer(at);
      } else {
        done.push({ lead, number, step, at });
        walker.next = number + 1;
        walker.at = at + Math.floor(pace * pauseBefore(seed, lead, number + 1));
      }
    }
  }

  return {
    until: (played, now) =>
      walkers
        .flatMap((_, place) => walk(place, played))
        .sort((one, other) => one.at - other.at)
        .map(({ lead, number, step, at }) => callText(seed, lead, number, { ...step, at: now - played + at })),
  };
}

function pauseBefore(seed: Seed, lead: number, number: number): number {
  const draw = (mix(lead ^ mix(number ^ seed.high)) >>> 0) / 2 ** 32;
  return Math.floor(SHORTEST_PAUSE + draw * (LONGEST_PAUSE - SHORTEST_PAUSE));
}

function isSettled({ action }: Step): boolean {
  return action.kind === 'sales' && (action.event === 'deal_won' || action.event === 'deal_lost');
}
