import type { Random } from '#app/generator/random';
import type { Bug } from '#test/simulation/bugs';
import type { Owner, Schedule } from '#test/simulation/schedule';
import type { Weather } from '#test/simulation/weather';

/** Something that can be killed. */
export interface Mortal extends Owner {
  readonly name: string;
  die(): void;
}

/** What happened in a run, counted. */
export interface Stats {
  crashes: number;
  freezes: number;
  rebalances: number;
  fences: number;
  lostReplies: number;
  storeLosses: number;
  transactions: number;
  aborted: number;
  opened: number;
}

export function noStats(): Stats {
  return {
    crashes: 0,
    freezes: 0,
    rebalances: 0,
    fences: 0,
    lostReplies: 0,
    storeLosses: 0,
    transactions: 0,
    aborted: 0,
    opened: 0,
  };
}

/** What all parts of a simulation share: time, chance, faults. */
export class World {
  readonly stats = noStats();
  /** What must not be, as found. */
  readonly problems: string[] = [];
  /** No more faults: everything works until it is idle. */
  calm = false;
  /** Virtual time until which the log answers nobody, ms. */
  logDownUntil = 0;
  #onCrash: (process: Mortal) => void = () => {};

  constructor(
    readonly schedule: Schedule,
    readonly random: Random,
    readonly weather: Weather,
    readonly note: (what: string) => void,
    readonly bug: Bug | undefined,
  ) {}

  has(bug: Bug): boolean {
    return this.bug === bug;
  }

  /** How long a message takes, ms. */
  delay(): number {
    const { delay, slow } = this.weather;
    return !this.calm && this.random.chance(0.05) ? this.random.whole(0, slow) : this.random.whole(0, delay);
  }

  problem(what: string): void {
    this.note(`PROBLEM ${what}`);
    this.problems.push(what);
  }

  onCrash(act: (process: Mortal) => void): void {
    this.#onCrash = act;
  }

  /** kill -9. */
  crash(process: Mortal, when: string): void {
    if (!process.alive) return;
    process.die();
    this.stats.crashes++;
    this.note(`${process.name} CRASHES ${when}`);
    this.#onCrash(process);
  }
}
