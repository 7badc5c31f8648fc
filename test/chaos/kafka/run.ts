import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRandom, seedOf } from '#app/generator/random';
import { connectLog } from '#app/kafka/connection';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { createCodec } from '#lib/avro/codec';
import { systemClock } from '#lib/clock/system';
import { messageOf } from '#lib/flow/errors';
import { connectRegistry } from '#lib/log/kafka/registry/registry';
import { isUsable } from '#lib/log/kafka/topics/report';
import { settleTopics } from '#lib/log/kafka/topics/settle';
import { checkInstallation } from '#test/chaos/kafka/check/installation';
import { generationsOfGroups } from '#test/chaos/kafka/check/java-reader';
import { checkPromises } from '#test/chaos/kafka/check/promises';
import { type Cluster, startCluster } from '#test/chaos/kafka/cluster';
import { describeFault, drawPlan, type Fault, type PlannedFault } from '#test/chaos/kafka/faults/plan';
import { createFaults } from '#test/chaos/kafka/faults/strike';
import { createFleet, type Fleet } from '#test/chaos/kafka/fleet/fleet';
import { drawLayout, type Layout, layoutCalled } from '#test/chaos/kafka/fleet/layout';
import { createModels } from '#test/chaos/kafka/models';
import { startPublishers } from '#test/chaos/kafka/publishers/all';
import { Ledger } from '#test/chaos/kafka/publishers/ledger';
import { comeToRest } from '#test/chaos/kafka/rest';
import { environmentOf, SESSION_TIMEOUT, settingsOf } from '#test/chaos/kafka/settings';
import { Tally } from '#test/chaos/kafka/tally';

export interface ChaosOptions {
  /** An empty folder, for everything. */
  readonly dir: string;
  /** How long faults go on, ms. */
  readonly lasts: number;
  readonly seed: number;
  /** The seed decides unless it is given. */
  readonly layout?: Layout['name'] | undefined;
  /** Only these faults. */
  readonly kinds?: readonly Fault['kind'][] | undefined;
  /** A module that the services load first: to break them on purpose. */
  readonly preload?: string | undefined;
  readonly say: (line: string) => void;
}

export interface ChaosOutcome {
  /** Empty: everything is as it must be. */
  readonly problems: readonly string[];
  readonly tally: Tally;
  readonly ledger: Ledger;
}

const PROGRESS_EVERY = 5_000;
const SHOWN = 20;
/** Reading and recomputing take longer the longer events came, ms on top of that. */
const COMPARING_TIMEOUT = 90_000;
/** Each kind of decision draws from numbers of its own, so that faults are the same whatever publishers do. */
const STREAMS = { layout: 1, plan: 2, publishers: 10 } as const;

/** Lives through one seed: starts an installation, breaks it for a while, lets it come to rest and compares. */
export async function runChaos(options: ChaosOptions): Promise<ChaosOutcome> {
  const { dir, seed, lasts, kinds, say } = options;
  const numbers = (stream: number) => createRandom(seedOf(seed), stream);
  const layout = options.layout === undefined ? drawLayout(numbers(STREAMS.layout)) : layoutCalled(options.layout);
  const plan = drawPlan(numbers(STREAMS.plan), { layout, lasts, sessionTimeout: SESSION_TIMEOUT, kinds });
  say(`layout ${layout.name}: ${layout.seats.map(({ name }) => name).join(', ')}; up to ${plan.length} faults:`);
  for (const { pause, fault } of plan) say(`  after ${seconds(pause)} ${describeFault(fault)}`);

  const tally = new Tally();
  const ledger = new Ledger();
  const problems: string[] = [];
  const report = (problem: string) => {
    problems.push(problem);
    if (problems.length <= SHOWN) say(`DIFFERENCE ${problem}`);
  };
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const cluster = await startCluster(dir);
    closing.push(() => cluster.close());
    const settings = await settingsOf(cluster);
    const topics = await settleTopics({ kafka: settings.kafka, ...settings.topics, checkOnly: false });
    if (!isUsable(topics)) throw new Error('the topics cannot be created');
    const environment = environmentOf(cluster);
    const fleet = await createFleet({ ...options, layout, dir: join(dir, 'fleet'), environment, tally, say });
    closing.push(() => fleet.end());
    const models = await createModels(dir, fleet.at('analyze').data);
    fleet.restore();
    const down = await fleet.ready();
    if (down.length > 0) throw new Error(down.join('; '));
    if (!(await models.change())) throw new Error('the first model cannot be applied');
    say(`${fleet.instances.length} processes run`);

    const publishers = await startPublishers(settings, fleet, ledger, (nth) => numbers(STREAMS.publishers + nth));
    await live(plan, lasts, { cluster, fleet, models, tally }, ledger, say);
    fleet.restore();
    await Promise.all(publishers.map((publisher) => publisher.stop().catch((thrown) => report(messageOf(thrown)))));
    say(`faults and publishers have stopped: ${ledger.acknowledged.size} events acknowledged`);

    await comeToRest(fleet, layout, settings, report);
    say('everything is worked off');
    await compare({ options, cluster, settings, fleet, layout, ledger, report });
    tally.rebalances = sum((await generationsOfGroups(cluster.address)).values());
  } finally {
    for (const close of closing.reverse()) await close();
  }
  say(tally.text());
  say(
    `${ledger.acknowledged.size} events acknowledged, ${ledger.failures} requests failed, ${ledger.repeated} events sent again, ${ledger.transactions} transactions committed and ${ledger.aborts} given up, ${ledger.poison.size} poison records`,
  );
  say(`${problems.length} differences`);
  return { problems, tally, ledger };
}

async function live(
  plan: readonly PlannedFault[],
  lasts: number,
  battlefield: Parameters<typeof createFaults>[0],
  ledger: Ledger,
  say: (line: string) => void,
): Promise<void> {
  const { fleet } = battlefield;
  const faults = createFaults(battlefield);
  const began = performance.now();
  const now = () => performance.now() - began;
  let done = 0;
  const progress = setInterval(() => {
    const up = fleet.instances.filter((instance) => instance.isUp()).length;
    say(
      `${seconds(now())} ${done}/${plan.length} faults, ${up}/${fleet.instances.length} processes up, ${ledger.acknowledged.size} events acknowledged, ${ledger.failures} requests failed`,
    );
  }, PROGRESS_EVERY);
  try {
    for (const { pause, fault } of plan) {
      await faults.brokerIsBack();
      if (now() + pause > lasts) break;
      await sleep(pause);
      if (!faults.strike(fault)) say(`${seconds(now())} passed over, as it is down already: ${describeFault(fault)}`);
      done++;
    }
    await sleep(Math.max(0, lasts - now()));
    await faults.over();
  } finally {
    clearInterval(progress);
  }
}

interface Compared {
  readonly options: ChaosOptions;
  readonly cluster: Cluster;
  readonly settings: KafkaRuntimeSettings;
  readonly fleet: Fleet;
  readonly layout: Layout;
  readonly ledger: Ledger;
  readonly report: (problem: string) => void;
}

async function compare({ options, cluster, settings, fleet, layout, ledger, report }: Compared): Promise<void> {
  const { say } = options;
  const registry = await connectRegistry({ ...settings.registry, register: false, clock: systemClock });
  registry.close();
  const codec = createCodec(registry);
  const log = await connectLog(settings, () => {});
  try {
    const read = await checkPromises({ address: cluster.address, log, codec, ledger, report });
    for (const { topic, records } of read) say(`${topic}: ${records} records`);
    const signal = AbortSignal.timeout(COMPARING_TIMEOUT + options.lasts);
    const counts = await checkInstallation({ log, fleet, layout, read, report, signal });
    for (const [what, count] of counts) say(`compared ${count} ${what}`);
  } catch (thrown) {
    report(`comparing failed: ${messageOf(thrown)}`);
    say(String(thrown instanceof Error ? thrown.stack : thrown));
  } finally {
    await log.close();
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`.padStart(8);
}

function sum(numbers: Iterable<number>): number {
  let total = 0;
  for (const number of numbers) total += number;
  return total;
}
