import { FlowError, messageOf } from '#lib/flow/errors';
import type { Task } from '#lib/flow/task';
import type { Process } from '#test/simulation/process';
import type { World } from '#test/simulation/world';

interface Run {
  readonly stop: AbortController;
  readonly ended: Promise<void>;
}

/** Hosts tasks in one process, as it is told: runs what is assigned, stops what is revoked, tries again what was fenced. */
export class Host {
  readonly #runs = new Map<string, Run>();

  constructor(
    private readonly world: World,
    private readonly process: Process,
    private readonly create: (task: string) => Task,
  ) {}

  assigned(name: string): void {
    const before = this.#runs.get(name);
    if (before !== undefined && !before.stop.signal.aborted) return;
    const stop = new AbortController();
    const ended = (before?.ended ?? Promise.resolve()).then(() => this.#keep(this.create(name), stop.signal));
    this.#runs.set(name, { stop, ended });
  }

  revoked(name: string): void {
    this.#runs.get(name)?.stop.abort();
  }

  /** SIGTERM: ends all tasks after the commit they are in. */
  async stop(): Promise<void> {
    for (const { stop } of this.#runs.values()) stop.abort();
    await Promise.all(Array.from(this.#runs.values(), ({ ended }) => ended));
  }

  async #keep(task: Task, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await task.run(signal);
      } catch (error) {
        this.world.note(`${this.process.name} ${task.name} ends: ${messageOf(error)}`);
        if (!(error instanceof FlowError && error.code === 'fenced')) {
          this.world.problem(`${task.name} cannot go on: ${messageOf(error)}`);
          return;
        }
        await this.process.clock.sleep(this.world.random.whole(20, 1000), signal);
      }
    }
  }
}
