import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Broker, startBroker } from '#infra/kafka/broker';
import { freePort } from '#infra/kafka/port';
import { type Registry, startRegistry } from '#infra/kafka/registry/registry';
import { type Network, startNetwork } from '#test/chaos/kafka/network';

/** A broker behind a network that can fail, and a schema registry; both come back with what they had. */
export interface Cluster {
  /** host:port of the network in front of the broker. */
  readonly address: string;
  readonly registry: string;
  readonly network: Network;
  stopBroker(how: 'stop' | 'kill'): Promise<void>;
  startBroker(): Promise<void>;
  freezeBroker(): void;
  thawBroker(): void;
  stopRegistry(): Promise<void>;
  startRegistry(): Promise<void>;
  close(): Promise<void>;
}

export async function startCluster(dir: string): Promise<Cluster> {
  const [port, controllerPort, registryPort] = [await freePort(), await freePort(), await freePort()];
  const network = await startNetwork(port);
  const file = join(dir, 'registry.jsonl');
  let broker: Broker | undefined;
  let registry: Registry | undefined;

  async function start(): Promise<void> {
    await network.open();
    broker = await startBroker({
      dir: join(dir, 'kafka'),
      port,
      controllerPort,
      onLog: (line) => appendFileSync(join(dir, 'kafka.log'), `${line}\n`),
      config: { 'advertised.listeners': `CLIENT://127.0.0.1:${network.port}` },
    });
  }
  async function openRegistry(): Promise<void> {
    registry ??= await startRegistry({ port: registryPort, file });
  }
  async function closeRegistry(): Promise<void> {
    const closing = registry;
    registry = undefined;
    await closing?.close();
  }

  try {
    await openRegistry();
    await start();
  } catch (thrown) {
    await closeRegistry();
    await network.close();
    throw thrown;
  }
  return {
    address: `127.0.0.1:${network.port}`,
    registry: `http://127.0.0.1:${registryPort}`,
    network,
    async stopBroker(how) {
      await (how === 'kill' ? broker?.kill() : broker?.stop());
      await network.refuse();
      broker = undefined;
    },
    startBroker: start,
    freezeBroker() {
      if (broker !== undefined) process.kill(broker.pid, 'SIGSTOP');
    },
    thawBroker() {
      if (broker !== undefined) process.kill(broker.pid, 'SIGCONT');
    },
    stopRegistry: closeRegistry,
    startRegistry: openRegistry,
    async close() {
      await closeRegistry();
      await broker?.stop();
      await network.close();
    },
  };
}
