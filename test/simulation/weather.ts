import type { Random } from '#app/generator/random';

/** What becomes of one call from a process to a port. */
export type Fate = 'fine' | 'lost request' | 'late request' | 'lost reply' | 'crash before' | 'crash after';

/** How often each fate comes, of a thousand calls. */
type Odds = Readonly<Record<Exclude<Fate, 'fine'>, number>>;

/** What goes wrong in one run. Each seed draws its own: some faults often, some never, so that rare pairs of them meet. */
export interface Weather {
  readonly odds: Odds;
  /** Longest usual delay of a message, ms; one in twenty takes up to `slow`. */
  readonly delay: number;
  readonly slow: number;
  /** Mean time between two blows (a crash, a freeze, a rebalance …), ms; 0: none. */
  readonly blowEvery: number;
  readonly blows: readonly Blow[];
  /** Chance that a process loses one of its stores when it dies. */
  readonly storeLoss: number;
  /** A store may be written after its task was told that it cannot be. */
  readonly lateStores: boolean;
}

export type Blow = 'crash' | 'freeze' | 'cut off' | 'log down' | 'rebalance' | 'leave';

const BLOWS: readonly Blow[] = ['crash', 'freeze', 'cut off', 'log down', 'rebalance', 'leave'];

export function drawWeather(random: Random): Weather {
  const often = () => (random.chance(0.4) ? 0 : random.pick([1, 3, 10, 30]));
  return {
    odds: {
      'lost request': often(),
      'late request': often(),
      'lost reply': often(),
      'crash before': random.pick([0, 0, 1, 4]),
      'crash after': random.pick([0, 0, 1, 4]),
    },
    delay: random.pick([2, 10, 50]),
    slow: random.pick([20, 300, 3000]),
    blowEvery: random.pick([0, 500, 1500, 4000]),
    blows: BLOWS.filter(() => random.chance(0.6)),
    storeLoss: random.pick([0, 0.2, 1]),
    lateStores: random.chance(0.3),
  };
}

export function drawFate(random: Random, odds: Odds): Fate {
  let drawn = random.next() * 1000;
  for (const fate of FATES) {
    drawn -= odds[fate];
    if (drawn < 0) return fate;
  }
  return 'fine';
}

const FATES = ['lost request', 'late request', 'lost reply', 'crash before', 'crash after'] as const;
