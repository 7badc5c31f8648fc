import { createRandom, seedOf } from '#app/generator/random';
import { messageOf } from '#lib/flow/errors';
import { partitionName } from '#lib/flow/position';
import { Broker } from '#test/simulation/broker/broker';
import type { Bug } from '#test/simulation/bugs';
import { letBlowsFall } from '#test/simulation/chaos';
import { Cluster } from '#test/simulation/cluster';
import { Database } from '#test/simulation/database';
import { publish, publishAgain } from '#test/simulation/publisher';
import { Schedule } from '#test/simulation/schedule';
import { CALM_AT } from '#test/simulation/times';
import { Trace } from '#test/simulation/trace';
import { drawWeather } from '#test/simulation/weather';
import type { DrawWorkload, Workload } from '#test/simulation/workload';
import { type Stats, World } from '#test/simulation/world';

export interface SimulationOptions {
  readonly draw: DrawWorkload;
  readonly bug?: Bug | undefined;
  /** Told every line of the history. */
  readonly print?: ((line: string) => void) | undefined;
}

/** What came of one seed. */
export interface Outcome {
  readonly seed: number;
  /** Empty: everything is as it must be. */
  readonly problems: readonly string[];
  readonly events: number;
  readonly stats: Stats;
  /** Tells two histories apart. */
  readonly hash: number;
  /** The end of the history. */
  readonly trace: Trace;
}

/** Then everything must come to rest within so long, ms, and so many events in all. */
const PATIENCE = 300_000;
const MOST_EVENTS = 300_000;
/** How often it is looked whether it has, ms. */
const LOOK_AGAIN = 250;
/** After the last position moved, tasks that wait out an outage come back within so long, ms. */
const REST = 25_000;

/** Lives through one seed: the same seed, options and code give the same history. */
export async function simulate(seed: number, options: SimulationOptions): Promise<Outcome> {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  process.on('unhandledRejection', note);
  try {
    const outcome = await live(seed, options);
    const problems = unhandled.map((error) => `nobody handles that ${messageOf(error)}`);
    return { ...outcome, problems: [...outcome.problems, ...problems] };
  } finally {
    process.off('unhandledRejection', note);
  }
}

async function live(seed: number, options: SimulationOptions): Promise<Outcome> {
  const random = createRandom(seedOf(seed), 0);
  const trace = new Trace(options.print);
  const schedule = new Schedule(random, trace);
  const weather = drawWeather(random);
  const note = (what: string) => trace.note(schedule.now, what);
  const world = new World(schedule, random, weather, note, options.bug);
  const workload = options.draw(random);
  const broker = new Broker(world, workload.partitions);
  const database = new Database(world, workload.describeRow);
  const toCome = publish(world, broker, workload.publications);
  const cluster = new Cluster(world, broker, database, workload);
  letBlowsFall(world, cluster);
  schedule.after(CALM_AT, 'calm', () => beCalm(world, cluster));

  const failed = () => world.problems.length > 0;
  const tooLong = () => schedule.now > CALM_AT + PATIENCE || schedule.happened > MOST_EVENTS;
  const idle = () => toCome() === 0 && !broker.busy && waiting(workload, broker) === undefined;
  const rest = async () => {
    await schedule.run(() => failed() || tooLong() || world.calm);
    let isIdle = false;
    const look = () => {
      isIdle = idle();
      if (!isIdle) schedule.after(LOOK_AGAIN, 'not idle yet', look);
    };
    look();
    await schedule.run(() => failed() || tooLong() || isIdle);
    let rested = false;
    schedule.after(REST, 'rested', () => {
      rested = true;
    });
    if (!failed() && !tooLong()) await schedule.run(() => failed() || rested);
  };
  await rest();
  if (!failed() && idle()) {
    // A zombie's tick may have been the last event: the owner of its task, which it has fenced, hears of that when there is more to do.
    publishAgain(broker, workload.publications);
    await rest();
  }
  if (!failed() && idle()) await end(world, cluster);
  if (!failed() && !idle()) world.problem(`it does not come to rest: ${waiting(workload, broker) ?? 'a transaction'}`);
  if (!failed()) {
    const evidence = { broker, rows: database.rows(), stores: (task: string) => cluster.storesOf(task) };
    for (const problem of workload.check(evidence)) world.problem(problem);
  }
  return { seed, problems: world.problems, events: schedule.happened, stats: world.stats, hash: trace.hash, trace };
}

function beCalm(world: World, cluster: Cluster): void {
  world.calm = true;
  world.logDownUntil = 0;
  for (const { process } of cluster.instances) if (process !== undefined) process.cutOffUntil = 0;
}

async function end(world: World, cluster: Cluster): Promise<void> {
  const { schedule } = world;
  const until = schedule.now + REST;
  let stopped = false;
  const stopping = cluster.stop().then(() => {
    stopped = true;
  });
  schedule.after(0, 'stop', () => {});
  await schedule.run(() => stopped || world.problems.length > 0 || schedule.now > until);
  if (stopped) await stopping;
  else if (world.problems.length === 0) world.problem('tasks do not stop when they are told to');
}

/** A task that has something left to read. */
function waiting(workload: Workload, broker: Broker): string | undefined {
  for (const { name, inputs } of workload.tasks) {
    for (const input of inputs) {
      const position = broker.positions(name).get(partitionName(input))?.position;
      const { end } = broker.partition(input);
      if (position === undefined || position.offset < end || position.cursor > 0) {
        return `${name} is at ${position?.offset ?? 'no position'}+${position?.cursor ?? 0} of ${end} in ${partitionName(input)}`;
      }
    }
  }
  return undefined;
}
