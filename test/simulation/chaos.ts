import type { Cluster, Instance } from '#test/simulation/cluster';
import type { Blow } from '#test/simulation/weather';
import type { World } from '#test/simulation/world';

/** Blows that come at any time: they go on until the world is calm. */
export function letBlowsFall(world: World, cluster: Cluster): void {
  const { schedule, random, weather } = world;
  const [first, ...rest] = weather.blows;
  if (weather.blowEvery === 0 || first === undefined) return;
  schedule.after(random.whole(0, 2 * weather.blowEvery), 'a blow', () => {
    if (world.calm) return;
    strike(random.pick([first, ...rest]), world, cluster);
    letBlowsFall(world, cluster);
  });
}

function strike(blow: Blow, world: World, cluster: Cluster): void {
  const { random, schedule, stats } = world;
  const instance = anyOf(world, cluster);
  const { process } = instance;
  switch (blow) {
    case 'crash':
      if (process !== undefined) world.crash(process, 'at any time');
      return;
    case 'freeze':
      if (process === undefined) return;
      process.frozenUntil = Math.max(process.frozenUntil, schedule.now + random.whole(100, 15_000));
      world.note(`${process.name} FREEZES until ${process.frozenUntil}`);
      stats.freezes++;
      if (random.chance(0.7)) giveAway(instance, world, cluster);
      return;
    case 'cut off':
      if (process === undefined) return;
      process.cutOffUntil = schedule.now + random.whole(100, 8000);
      world.note(`${process.name} is CUT OFF until ${process.cutOffUntil}`);
      if (random.chance(0.5)) giveAway(instance, world, cluster);
      return;
    case 'log down':
      world.logDownUntil = schedule.now + random.whole(50, 4000);
      world.note(`the log is DOWN until ${world.logDownUntil}`);
      return;
    case 'rebalance':
      stats.rebalances++;
      for (const one of cluster.instances) {
        for (const task of cluster.tasksOf(one)) {
          if (random.chance(0.4)) cluster.move(task, anyOf(world, cluster));
        }
      }
      return;
    case 'leave':
      cluster.leave(instance);
  }
}

function giveAway(instance: Instance, world: World, cluster: Cluster): void {
  for (const task of cluster.tasksOf(instance)) cluster.move(task, anyOf(world, cluster));
}

function anyOf({ random }: World, { instances }: Cluster): Instance {
  const instance = instances[random.whole(0, instances.length - 1)];
  if (instance === undefined) throw new Error('there are no instances');
  return instance;
}
