import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '#test/chaos/kafka/cluster';
import type { Fault } from '#test/chaos/kafka/faults/plan';
import type { Fleet } from '#test/chaos/kafka/fleet/fleet';
import type { Instance } from '#test/chaos/kafka/fleet/instance';
import type { Models } from '#test/chaos/kafka/models';
import type { Tally } from '#test/chaos/kafka/tally';

export interface Battlefield {
  readonly cluster: Cluster;
  readonly fleet: Fleet;
  readonly models: Models;
  readonly tally: Tally;
}

export interface Faults {
  /** Lets a fault happen; what it takes to end goes on beside. False: its victim is down already. */
  strike(fault: Fault): boolean;
  /** Resolves when the broker is there, if a fault has ended it. */
  brokerIsBack(): Promise<void>;
  /** Resolves when every fault is over. */
  over(): Promise<void>;
}

export function createFaults({ cluster, fleet, models, tally }: Battlefield): Faults {
  const under = new Set<Promise<void>>();
  const busy = new Set<unknown>();
  let restart: Promise<void> = Promise.resolve();

  /** One fault at a time on each victim. */
  function on(victim: unknown, work: () => Promise<void>): boolean {
    if (busy.has(victim)) return false;
    busy.add(victim);
    const working = work().finally(() => {
      busy.delete(victim);
      under.delete(working);
    });
    under.add(working);
    return true;
  }

  function onInstance(seat: string, work: (instance: Instance) => Promise<void>): boolean {
    const instance = fleet.at(seat);
    return instance.isUp() && on(instance, () => work(instance));
  }

  async function comeBack(instance: Instance, down: number, deleteStores: boolean): Promise<void> {
    if (deleteStores && (await instance.deleteStores())) tally.deletedStores++;
    await sleep(down);
    instance.start();
  }

  async function restartBroker({ kind, down }: Extract<Fault, { kind: 'kill broker' | 'stop broker' }>): Promise<void> {
    tally.brokerRestarts++;
    if (kind === 'kill broker') tally.brokerKills++;
    await cluster.stopBroker(kind === 'kill broker' ? 'kill' : 'stop');
    await sleep(down);
    await cluster.startBroker();
  }

  function strike(fault: Fault): boolean {
    switch (fault.kind) {
      case 'kill':
        return onInstance(fault.seat, async (instance) => {
          tally.kills++;
          await instance.kill();
          await comeBack(instance, fault.down, fault.deleteStores);
        });
      case 'leave':
        return onInstance(fault.seat, async (instance) => {
          tally.leaves++;
          await instance.leave();
          await comeBack(instance, fault.down, fault.deleteStores);
        });
      case 'freeze':
        return onInstance(fault.seat, async (instance) => {
          tally.freezes++;
          instance.freeze();
          await sleep(fault.lasts);
          instance.thaw();
        });
      case 'join':
        return on(`joining ${fault.seat}`, async () => {
          tally.joins++;
          const guest = await fleet.guest(fault.seat);
          guest.start();
          await sleep(fault.lasts);
          await guest.leave();
        });
      case 'kill broker':
      case 'stop broker':
        return on(cluster, () => {
          restart = restartBroker(fault);
          return restart;
        });
      case 'freeze broker':
        return on(cluster, async () => {
          tally.brokerFreezes++;
          cluster.freezeBroker();
          await sleep(fault.lasts);
          cluster.thawBroker();
        });
      case 'slow network':
        return on(cluster.network, async () => {
          tally.slowdowns++;
          cluster.network.setDelay(fault.delay);
          await sleep(fault.lasts);
          cluster.network.setDelay(0);
        });
      case 'lose answers':
        return on(cluster.network, async () => {
          tally.lostAnswers++;
          cluster.network.loseAnswers(true);
          await sleep(fault.lasts);
          cluster.network.loseAnswers(false);
        });
      case 'cut connections':
        tally.cuts++;
        cluster.network.cut();
        return true;
      case 'stop registry':
        return on(cluster.registry, async () => {
          tally.registryOutages++;
          await cluster.stopRegistry();
          await sleep(fault.down);
          await cluster.startRegistry();
        });
      case 'change model':
        return on(models, async () => {
          if (await models.change()) tally.modelChanges++;
        });
    }
  }

  return {
    strike,
    brokerIsBack: () => restart,
    async over() {
      while (under.size > 0) await Promise.all(under);
    },
  };
}
