import { mkdir } from 'node:fs/promises';
import { freePort } from '#infra/kafka/port';
import { createInstance, type Instance } from '#test/chaos/kafka/fleet/instance';
import type { Layout, Seat } from '#test/chaos/kafka/fleet/layout';
import type { Tally } from '#test/chaos/kafka/tally';

/** All processes of an installation. */
export interface Fleet {
  readonly instances: readonly Instance[];
  /** The one in this seat. */
  at(seat: string): Instance;
  /** A further instance of what the one in a seat runs, with a folder of its own; not started. */
  guest(seat: string): Promise<Instance>;
  /** Starts all that are down and goes on with all that are frozen. */
  restore(): void;
  /** Resolves when all run, to those that never did. */
  ready(): Promise<readonly string[]>;
  /** Everyone who runs a service, or all who are left, hand over and end. Resolves to those that did not end with 0. */
  leave(service?: string): Promise<readonly string[]>;
  /** SIGKILL for all. */
  end(): Promise<void>;
}

export interface FleetOptions {
  readonly layout: Layout;
  readonly dir: string;
  /** Settings that all processes have. */
  readonly environment: Readonly<Record<string, string>>;
  readonly preload?: string | undefined;
  readonly tally: Tally;
  readonly say: (line: string) => void;
}

export async function createFleet({ layout, dir, ...options }: FleetOptions): Promise<Fleet> {
  await mkdir(dir, { recursive: true });
  const seated = async (seat: Seat) => createInstance({ ...options, seat, dir, port: await freePort() });
  const instances: Instance[] = [];
  for (const seat of layout.seats) instances.push(await seated(seat));
  const guests: Instance[] = [];

  const at = (seat: string): Instance => {
    const found = instances.find((instance) => instance.seat.name === seat);
    if (found === undefined) throw new Error(`nobody sits in ${seat}`);
    return found;
  };
  return {
    instances,
    at,
    async guest(name) {
      const { seat } = at(name);
      const guest = await seated({ ...seat, name: `guest-${guests.length + 1}-${seat.name}` });
      guests.push(guest);
      return guest;
    },
    restore() {
      for (const instance of instances) {
        instance.thaw();
        instance.start();
      }
    },
    async ready() {
      const down = await Promise.all(instances.map((instance) => instance.ready()));
      return down.flatMap((problem) => problem ?? []);
    },
    async leave(service) {
      const leaving = instances.filter(
        ({ seat, isUp }) => isUp() && (service === undefined || seat.parts.some((part) => part === service)),
      );
      const codes = await Promise.all(leaving.map(async (instance) => [instance.seat.name, await instance.leave()]));
      return codes.flatMap(([name, code]) => (code === 0 ? [] : [`${name} ended with ${code}`]));
    },
    async end() {
      await Promise.all([...instances, ...guests].map((instance) => instance.kill()));
    },
  };
}
