import type { Random } from '#app/generator/random';
import type { Page, Visit } from '#app/generator/site';
import type { Action, Properties, Step, View } from '#app/generator/step';
import { SECOND } from '#app/generator/time';

const NO_PROPERTIES: Properties = {};

/** Collects one person's steps, in no particular order. */
export class Diary {
  readonly steps: Step[] = [];
  /** Devices that know the user. */
  private readonly known: boolean[] = [];

  constructor(readonly random: Random) {}

  /** A visit of these pages from `at` on, landing on the first. */
  browse(at: number, device: number, visit: Visit, pages: readonly [Page, ...Page[]]): Browsing {
    return new Browsing(this, at, device, visit, pages);
  }

  mailed(at: number, mail: number, template: string, event: string, properties = NO_PROPERTIES): void {
    this.steps.push({ at, action: { kind: 'mail', event, mail, template, properties }, device: 0, known: true });
  }

  sold(at: number, event: string, opportunity: boolean, properties = NO_PROPERTIES): void {
    this.steps.push({ at, action: { kind: 'sales', event, opportunity, properties }, device: 0, known: true });
  }

  knows(device: number): boolean {
    return this.known[device] ?? false;
  }

  learn(device: number): void {
    this.known[device] = true;
  }
}

/** A visit that goes on. */
class Browsing {
  private view: View;

  constructor(
    private readonly diary: Diary,
    private at: number,
    private readonly device: number,
    visit: Visit,
    [landing, ...others]: readonly [Page, ...Page[]],
  ) {
    this.view = { page: landing, visit, from: undefined };
    this.add({ kind: 'page', view: this.view });
    for (const page of others) {
      this.at += diary.random.whole(6 * SECOND, 150 * SECOND);
      this.view = { page, visit, from: this.view.page };
      this.add({ kind: 'page', view: this.view });
    }
  }

  /** The user becomes known on this device, for good; nothing happens if they are. */
  identify(): void {
    const { diary, device, view } = this;
    if (diary.knows(device)) return;
    this.at += diary.random.whole(8 * SECOND, 90 * SECOND);
    diary.learn(device);
    this.add({ kind: 'identify', view });
  }

  does(event: string, properties: Properties, appointment?: number): void {
    this.at += this.diary.random.whole(120, 4 * SECOND);
    this.add({ kind: 'web', event, view: this.view, properties, appointment });
  }

  /** Time of the last step, ms since 1970 UTC. */
  left(): number {
    return this.at;
  }

  private add(action: Action): void {
    const { at, device, diary } = this;
    diary.steps.push({ at, action, device, known: diary.knows(device) });
  }
}
