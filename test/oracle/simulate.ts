import { isAddress } from '#test/oracle/identifiers';
import { type Identity, identityOf } from '#test/oracle/identity';
import { climb, type StageStep } from '#test/oracle/ladder';
import { factsOf, type Life, newLife, nextMoment, owns } from '#test/oracle/life';
import type { OracleModel } from '#test/oracle/model';
import { leave, runPrograms, type Send } from '#test/oracle/programs';
import { isExcluded, nameOf, type Reported } from '#test/oracle/reported';
import { gradeOf, scoreAt, scoreMet } from '#test/oracle/scores';

/** An event as it came in. */
export interface Arrival {
  readonly event: Reported;
  /** When it was received; arrivals never go back. */
  readonly arrived: number;
  /** Whether what follows from it is recorded, not sent. */
  readonly historic: boolean;
}

export interface StageChange extends StageStep {
  readonly lead: string;
}

export interface Handover {
  readonly lead: string;
  readonly at: number;
}

/** What became of all leads, each called as `identityOf` calls it. */
export interface Outcome {
  readonly identity: Identity;
  readonly stages: readonly StageChange[];
  readonly sends: readonly Send[];
  /** In order of time: the representatives take turns. */
  readonly handovers: readonly Handover[];
  /** Name of the event → whose it was when it came. */
  readonly ownerThen: ReadonlyMap<string, string>;
  /** Leads that got from, or gave to, another lead whatever it was. */
  readonly shuffled: ReadonlySet<string>;
}

/** Lives through arrivals, and then until `until` (ms). `grid`: see nextMoment; infinite unless told. */
export function simulate(
  arrivals: readonly Arrival[],
  model: OracleModel,
  until: number,
  grid = Number.POSITIVE_INFINITY,
): Outcome {
  const world = new World(model, grid);
  for (const arrival of arrivals) world.takes(arrival);
  world.passes(until);
  return world.outcome();
}

class World {
  readonly #model: OracleModel;
  readonly #grid: number;
  readonly #events = new Map<string, Reported>();
  readonly #late = new Set<string>();
  readonly #lives = new Map<string, Life>();
  readonly #stages: StageChange[] = [];
  readonly #sends: Send[] = [];
  readonly #handovers: Handover[] = [];
  readonly #ownerThen = new Map<string, string>();
  readonly #shuffled = new Set<string>();
  #identity: Identity = identityOf([]);

  constructor(model: OracleModel, grid: number) {
    this.#model = model;
    this.#grid = grid;
  }

  outcome(): Outcome {
    return {
      identity: this.#identity,
      stages: this.#stages,
      sends: this.#sends,
      handovers: this.#handovers.toSorted((a, b) => a.at - b.at),
      ownerThen: this.#ownerThen,
      shuffled: this.#shuffled,
    };
  }

  passes(to: number): void {
    for (const life of this.#lives.values()) this.#passesFor(life, to);
  }

  /** What falls due in the same ms comes after it: a wait is over when time is past it. */
  takes({ event, arrived, historic }: Arrival): void {
    this.passes(arrived - 1);
    const name = nameOf(event);
    if (this.#events.has(name)) return;
    this.#events.set(name, event);
    if (historic) this.#late.add(name);
    const before = this.#identity;
    this.#identity = identityOf(this.#events.values());
    this.#settle(before, arrived);
    const owner = this.#identity.owners.get(name);
    const life = owner === undefined ? undefined : this.#lives.get(owner);
    if (life === undefined) return;
    this.#ownerThen.set(name, life.lead);
    if (!isExcluded(event)) this.#judge(life, arrived, event, historic);
    else for (const program of this.#model.programs) leave(life, program, event, arrived);
  }

  #passesFor(life: Life, to: number): void {
    for (;;) {
      const at = nextMoment(life, this.#model, to, this.#grid);
      if (at === undefined) break;
      this.#judge(life, at, undefined, life.own?.historic ?? false);
    }
    life.checked = Math.max(life.checked, to);
  }

  /** Each lead has what is its own now; who has nothing is gone. */
  #settle(before: Identity, now: number): void {
    const { owners, addresses } = this.#identity;
    const changed = new Set<string>();
    for (const [name, owner] of owners) {
      const was = before.owners.get(name);
      if (was === owner) continue;
      changed.add(owner);
      const life = this.#lives.get(owner) ?? newLife(owner, this.#model.ladder.initial, now);
      this.#lives.set(owner, life);
      if (was === undefined) continue;
      changed.add(was);
      this.#comesAlong(life, this.#events.get(name), was);
    }
    for (const lead of changed) {
      const life = this.#lives.get(lead);
      if (life === undefined) continue;
      const own = [...this.#events.values()].filter((event) => owners.get(nameOf(event)) === lead);
      owns(life, own, now, this.#model, (event) => this.#late.has(nameOf(event)));
      if (own.length === 0) this.#lives.delete(lead);
    }
    for (const life of this.#lives.values()) life.addresses = addresses.get(life.lead) ?? new Set();
    for (const life of this.#lives.values()) this.#hearsOptOuts(life, now);
  }

  #comesAlong(life: Life, event: Reported | undefined, from: string): void {
    if (!from.startsWith('device:')) for (const one of [from, life.lead]) this.#shuffled.add(one);
    if (event === undefined) return;
    life.came = [...life.came, event];
    if (!life.hasMoved && !isExcluded(event)) life.since = Math.min(life.since, event.at);
  }

  /** An opt-out that came along ends what it would have ended. */
  #hearsOptOuts(life: Life, now: number): void {
    for (const event of life.came) {
      if (event.name !== 'unsubscribed') continue;
      for (const program of this.#model.programs) leave(life, program, event, now);
    }
  }

  #judge(life: Life, at: number, event: Reported | undefined, historic: boolean): void {
    const { ladder, grading, handoffStage } = this.#model;
    const asked = (names: readonly string[]) =>
      life.came.filter((one) => !isExcluded(one) && names.includes(one.name) && one.at >= life.heardAt);
    const heard: number[] = [];
    const steps = climb(ladder, {
      at,
      stage: life.stage,
      since: life.since,
      isKnown: this.#isKnown(life),
      score: event === undefined ? scoreAt(life.points, at) : scoreMet(life.points, at),
      grade: () => gradeOf(grading, factsOf(life, at).traits),
      ownAt: life.own?.at,
      been: life.been,
      behaviour: event?.name,
      isOwn: event !== undefined && !ladder.notOwn.has(event.name),
      came: (names) => {
        heard.push(...asked(names).map((one) => one.at));
        return asked(names).length > 0;
      },
    });
    const last = steps.at(-1);
    if (last !== undefined) {
      life.stage = last.to;
      life.since = at;
      life.hasMoved = true;
      for (const { to } of steps) life.been.add(to);
      life.heardAt = Math.max(life.heardAt, event?.at ?? 0, ...heard);
      if (steps.some(({ to }) => to === handoffStage) && ladder.rungs.has(last.to)) {
        this.#handovers.push({ lead: life.lead, at });
      }
    }
    life.came = [];
    life.checked = Math.max(life.checked, event === undefined ? at : at - 0.5);
    this.#stages.push(...steps.map((step) => ({ ...step, lead: life.lead })));
    this.#sends.push(...runPrograms(life, { at, event, historic, steps }, this.#model));
  }

  #isKnown({ lead }: Life): boolean {
    return lead.startsWith('user:') || isAddress(lead);
  }
}
