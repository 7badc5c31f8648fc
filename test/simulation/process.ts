import { outage } from '#lib/flow/errors';
import type { Clock } from '#lib/flow/ports';
import { AFTERWARDS } from '#test/given/event';
import type { Owner } from '#test/simulation/schedule';
import { drawFate, type Fate } from '#test/simulation/weather';
import type { World } from '#test/simulation/world';

/** Where a call goes. */
export interface Place {
  readonly name: string;
  /** On the process's own machine: no network between. */
  readonly local: boolean;
}

/** How a port answers a call, now or later, once. */
export interface Answer<Result> {
  ok(result: Result): void;
  fail(error: unknown): void;
}

/** How long a process waits for an answer that does not come, ms. */
const PATIENCE = 400;

/** Virtual time 0, as processes see it: ms since 1970 UTC. */
export const EPOCH = AFTERWARDS;

/** One life of an instance. When it is killed nothing that it waits for ever comes. */
export class Process implements Owner {
  alive = true;
  frozenUntil = 0;
  cutOffUntil = 0;
  /** What is to be put away when it dies: its hold on what outlives it. */
  readonly leftovers = new Set<() => void>();
  readonly name: string;
  readonly clock: Clock;
  readonly #world: World;

  /** `skew`: how far its clock is off, ms. */
  constructor(name: string, world: World, skew: number) {
    this.name = name;
    this.#world = world;
    this.clock = {
      now: () => EPOCH + world.schedule.now + skew,
      sleep: (ms, signal) => this.#sleep(ms, signal),
    };
  }

  die(): void {
    this.alive = false;
    for (const putAway of this.leftovers) putAway();
    this.leftovers.clear();
  }

  /** Calls a port: a request, what `serve` makes of it, a reply. Each of them may be slow, late or lost, or the last thing to happen. */
  call<Result>(to: Place, what: string, serve: (answer: Answer<Result>) => void): Promise<Result> {
    const world = this.#world;
    const label = `${this.name} ${what}`;
    if (!this.alive) return new Promise(() => {});
    const fate = this.#fate(to);
    if (fate === 'crash before') {
      world.crash(this, `before ${what}`);
      return new Promise(() => {});
    }
    return new Promise((resolve, reject) => {
      const silence = (why: string) => {
        world.schedule.after(PATIENCE, `${label}: no answer (${why})`, () => reject(noAnswer(to)), this);
      };
      const reply = (how: string, deliver: () => void) => {
        if (fate === 'crash after' && this.alive) return world.crash(this, `after ${what}`);
        if (fate === 'lost reply') {
          world.stats.lostReplies++;
          return silence('reply lost');
        }
        world.schedule.after(world.delay(), `${label}: ${how}`, deliver, this);
      };
      const arrive = () => {
        // What a dying process had sent may still arrive, or not.
        if (!this.alive && world.random.chance(0.5)) return;
        if (!to.local && world.logDownUntil > world.schedule.now) return silence('the log is down');
        serve({
          ok: (result) => reply('ok', () => resolve(result)),
          fail: (error) => reply(`fails: ${String(error)}`, () => reject(error)),
        });
      };
      if (fate === 'lost request' || (!to.local && this.cutOffUntil > world.schedule.now)) {
        return silence('request lost');
      }
      if (fate === 'late request') {
        silence('request late');
        const late = PATIENCE + world.random.whole(0, world.random.pick([200, 5000]));
        world.schedule.after(late, `${label} arrives late`, () => {
          if (this.alive || world.random.chance(0.5)) serve(NOBODY);
        });
        return;
      }
      world.schedule.after(world.delay(), `${label} arrives`, arrive);
    });
  }

  #fate(to: Place): Fate {
    const world = this.#world;
    if (world.calm) return 'fine';
    const fate = drawFate(world.random, world.weather.odds);
    return fate === 'late request' && to.local && !world.weather.lateStores ? 'fine' : fate;
  }

  #sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (!this.alive) return new Promise(() => {});
    if (signal?.aborted === true) return Promise.resolve();
    return new Promise((resolve) => {
      const end = () => {
        planned.cancelled = true;
        signal?.removeEventListener('abort', end);
        resolve();
      };
      const planned = this.#world.schedule.after(Math.max(0, Math.ceil(ms)), `${this.name} wakes`, end, this);
      signal?.addEventListener('abort', end, { once: true });
    });
  }
}

const NOBODY: Answer<unknown> = { ok: () => {}, fail: () => {} };

function noAnswer(to: Place): Error {
  return outage(to.name, new Error('no answer'));
}
