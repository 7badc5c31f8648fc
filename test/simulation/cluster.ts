import type { Clock } from '#lib/flow/ports';
import { Room } from '#lib/flow/room';
import type { OpenStore } from '#lib/flow/store';
import { type WriteBehindOptions, writeBehindStores } from '#lib/store/write-behind';
import { portsOf } from '#test/simulation/broken-ports';
import type { Broker } from '#test/simulation/broker/broker';
import { simulatedLog } from '#test/simulation/broker/client';
import type { Database } from '#test/simulation/database';
import { Disk } from '#test/simulation/disk';
import { Host } from '#test/simulation/host';
import { Process } from '#test/simulation/process';
import type { StoreView, Workload } from '#test/simulation/workload';
import type { Mortal, World } from '#test/simulation/world';

/** A machine: its disk, and the process that lives on it now, if any. */
export interface Instance {
  readonly name: string;
  readonly disk: Disk;
  readonly skew: number;
  process: Process | undefined;
  host: Host | undefined;
  lives: number;
  /** Virtual time of the last thing that it was told to do; it is told one thing after another. */
  toldAt: number;
}

/** The instances, who has which task, and how they get to know. */
export class Cluster {
  readonly instances: readonly Instance[];
  readonly #owners = new Map<string, Instance>();
  readonly #waiting: number | undefined;

  constructor(
    private readonly world: World,
    private readonly broker: Broker,
    private readonly database: Database,
    private readonly workload: Workload,
  ) {
    const { random } = world;
    this.instances = Array.from({ length: random.whole(1, 3) }, (_, n) => ({
      name: `instance${n}`,
      disk: new Disk(world),
      skew: random.pick([0, 0, -2000, 3000]),
      process: undefined,
      host: undefined,
      lives: 0,
      toldAt: 0,
    }));
    // Some seeds gather writes in memory before they go to the disk, as embedded does.
    this.#waiting = random.chance(0.25) ? random.whole(1, 40) : undefined;
    for (const { name } of workload.tasks) this.#owners.set(name, this.#any());
    for (const instance of this.instances) this.start(instance);
    world.onCrash((process) => this.#crashed(process));
  }

  /** Gives a task to another instance: the old owner and the new one hear of it whenever, in any order. */
  move(task: string, to: Instance): void {
    const from = this.#owners.get(task);
    if (from === to) return;
    this.world.note(`${task} MOVES from ${from?.name ?? 'nobody'} to ${to.name}`);
    this.#owners.set(task, to);
    const { random } = this.world;
    if (from !== undefined) this.#tell(from, random.whole(0, 4000), `loses ${task}`, (host) => host.revoked(task));
    this.#tell(to, random.whole(0, 2000), `gets ${task}`, (host) => host.assigned(task));
  }

  /** The tasks that an instance has, as the cluster sees it. */
  tasksOf(instance: Instance): readonly string[] {
    return [...this.#owners].flatMap(([task, owner]) => (owner === instance ? [task] : []));
  }

  start(instance: Instance): void {
    const { world, workload, broker } = this;
    if (instance.process !== undefined) return;
    const process = new Process(`${instance.name}.${++instance.lives}`, world, instance.skew);
    const opener: OpenStore = instance.disk.opener(process);
    const options = portsOf(world, process, {
      log: simulatedLog(world, broker, process),
      openStore:
        this.#waiting === undefined ? opener : writeBehindStores(opener, gathering(this.#waiting, process.clock)),
      sink: this.database.sink(process),
      clock: process.clock,
      observer: {},
    });
    const byName = new Map(workload.tasks.map((task) => [task.name, task]));
    instance.process = process;
    instance.host = new Host(world, process, (name) => {
      const task = byName.get(name);
      if (task === undefined) throw new Error(`there is no task ${name}`);
      return task.create(options);
    });
    this.#tell(instance, world.delay(), 'joins', (host) => {
      for (const task of this.tasksOf(instance)) host.assigned(task);
    });
  }

  /** SIGTERM: its tasks go to others; the process ends when they have stopped, and comes back later. */
  leave(instance: Instance): void {
    const { process, host } = instance;
    if (process === undefined || host === undefined) return;
    this.world.note(`${process.name} LEAVES`);
    if (this.instances.length > 1) for (const task of this.tasksOf(instance)) this.move(task, this.#other(instance));
    void host.stop().then(() => {
      if (process.alive) this.#gone(instance, process);
    });
  }

  /** Ends all processes as SIGTERM does. Resolves when all tasks have stopped. */
  async stop(): Promise<void> {
    await Promise.all(this.instances.map(({ host }) => host?.stop()));
  }

  storesOf(task: string): readonly StoreView[] {
    // A store that gathers writes is behind from the first that fails until the task commits or opens again.
    const mayBeBehind = this.#waiting !== undefined;
    return this.instances.flatMap((instance) => {
      const store = instance.disk.stores.get(task);
      return store === undefined
        ? []
        : [{ instance: instance.name, owner: this.#owners.get(task) === instance && !mayBeBehind, store }];
    });
  }

  #crashed(process: Mortal): void {
    const instance = this.instances.find((one) => one.process === process);
    if (instance === undefined) return;
    const { random } = this.world;
    this.#gone(instance, process);
    instance.disk.loses(this.world.weather.storeLoss);
    if (this.instances.length === 1 || random.chance(0.4)) return;
    this.world.schedule.after(random.whole(100, 3000), `${instance.name} is missed`, () => {
      for (const task of this.tasksOf(instance)) this.move(task, this.#other(instance));
    });
  }

  #gone(instance: Instance, process: Mortal): void {
    process.die();
    instance.disk.released();
    instance.process = undefined;
    instance.host = undefined;
    const { random, schedule } = this.world;
    schedule.after(random.whole(20, 8000), `${instance.name} starts`, () => this.start(instance));
  }

  #tell(instance: Instance, delay: number, what: string, act: (host: Host) => void): void {
    const { process, host } = instance;
    if (process === undefined || host === undefined) return;
    const { schedule } = this.world;
    instance.toldAt = Math.max(instance.toldAt + 1, schedule.now + delay);
    schedule.after(instance.toldAt - schedule.now, `${process.name} ${what}`, () => act(host), process);
  }

  #any(): Instance {
    return this.#pick(this.instances);
  }

  #other(instance: Instance): Instance {
    return this.#pick(this.instances.filter((one) => one !== instance));
  }

  #pick(from: readonly Instance[]): Instance {
    const picked = from[this.world.random.whole(0, from.length - 1)];
    if (picked === undefined) throw new Error('there is no instance to pick');
    return picked;
  }
}

/** Whatever is short first, writes, time or room, ends the wait. */
function gathering(waiting: number, clock: Clock): WriteBehindOptions {
  return { waiting, wait: 100 * waiting, room: new Room(2000 * (1 + (waiting % 10))), clock };
}
