import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PARTS } from '#app/kafka/parts';
import { startBroker } from '#infra/kafka/broker';
import { freePort } from '#infra/kafka/port';
import { startRegistry } from '#infra/kafka/registry/registry';
import { line } from '#test/bench/measure/figures';
import { startTriggerWatch } from '#test/bench/measure/trigger-watch';
import { type Command, endAll, leadstream, startLeadstream } from '#test/process/command';

/**
 * From publishing an event to its trigger in lead.triggers, read-committed, under light load and with default settings:
 * `npm run bench -- latency [SAMPLES]`. Once with all services in one process, once with a process for each.
 */
const samples = Number(process.argv[3] ?? 300);
/** Between two leads, ms: four of them a second. */
const EVERY = 250;
/** Before the first sample that counts, ms. */
const WARM_UP = 15_000;

const dir = await mkdtemp(join(tmpdir(), 'leadstream-latency-'));
const broker = await startBroker({ dir: join(dir, 'kafka'), port: await freePort(), controllerPort: await freePort() });
const registry = await startRegistry({ port: 0 });
try {
  line('from an event to its trigger, ms', 'p50 / p90 / p99 / max');
  await measure('all services in one process', [['collect', ...PARTS.slice(1)]]);
  await measure('a process for each service', [
    ...PARTS.filter((part) => part !== 'analyze' && part !== 'dashboard').map((part) => [part]),
    ['analyze', 'dashboard'],
  ]);
} finally {
  await endAll();
  await registry.close();
  await broker.stop();
  await rm(dir, { recursive: true, force: true });
}

async function measure(what: string, layout: readonly (readonly string[])[]): Promise<void> {
  const prefix = `latency-${randomUUID().slice(0, 8)}.`;
  const cluster = ['--brokers', broker.address, '--prefix', prefix];
  await leadstream('topics', ...cluster);
  const data = join(dir, prefix);
  const commands = await Promise.all(
    layout.map(async (parts) => {
      const own = ['--registry', registry.url, '--data', data, '--port', String(await freePort())];
      const command = startLeadstream('run', ...parts, ...cluster, ...own);
      return { parts, command, url: (await command.printed(/Leadstream runs .*?: (\S+) /))[1] ?? '' };
    }),
  );
  const url = commands.find(({ parts }) => parts.includes('collect'))?.url ?? '';
  await leadstream('apply', '--data', data);
  const watch = await startTriggerWatch(broker.address, registry.url, prefix);
  try {
    for (const until = performance.now() + WARM_UP; performance.now() < until; ) {
      await publish(url, randomUUID());
      await sleep(EVERY);
    }
    const sent = new Map<string, number>();
    for (let n = 0; n < samples; n++) {
      const id = randomUUID();
      sent.set(id, performance.now());
      await publish(url, id);
      await sleep(EVERY);
    }
    const took = await watch.arrived([...sent.keys()]);
    const latencies = [...sent]
      .map(([id, at]) => (took.get(id) ?? Number.POSITIVE_INFINITY) - at)
      .sort((a, b) => a - b);
    const quantile = (share: number) => Math.round(latencies[Math.ceil(share * latencies.length) - 1] ?? Number.NaN);
    line(what, [0.5, 0.9, 0.99, 1].map(quantile).join(' / '));
  } finally {
    await watch.close();
    await Promise.all(commands.map(({ command }: { command: Command }) => command.kill('SIGTERM')));
  }
}

/** A new lead looks at the pricing page three times: the third look sets a program off. */
async function publish(url: string, id: string): Promise<void> {
  const looks = [1, 2, 3].map((look) => ({
    type: 'page',
    messageId: look === 3 ? id : `${id}-${look}`,
    userId: `lead-${id}`,
    properties: { path: '/pricing' },
  }));
  const answer = await fetch(`${url}/v1/batch`, { method: 'POST', body: JSON.stringify({ batch: looks }) });
  if (!answer.ok) throw new Error(`collect answered ${answer.status}: ${await answer.text()}`);
}
