import { systemClock } from '#lib/clock/system';
import { openKafkaLog } from '#lib/log/kafka/log';
import { connectRegistry } from '#lib/log/kafka/registry/registry';
import { KAFKA_DEFAULTS } from '#lib/log/kafka/settings';
import { TOPICS } from '#schemas/topics';
import { type Sampling, sample } from '#test/bench/latency/sample';
import { withCluster } from '#test/bench/measure/cluster';
import { A_PROCESS_EACH, install, type Layout, ONE_PROCESS, well } from '#test/bench/measure/installation';
import { leadstream } from '#test/process/command';

/** A broker of its own, once with all services in one process, once with a process for each. All settings are the defaults. */
export async function measureKafka(sampling: Sampling): Promise<void> {
  await withCluster('latency', async (cluster) => {
    await measure('Kafka, one process', ONE_PROCESS);
    await measure('Kafka, a process for each service', A_PROCESS_EACH);

    async function measure(what: string, layout: Layout): Promise<void> {
      const { prefix, url, data, stop } = await install(cluster, layout);
      try {
        await well(leadstream('apply', '--data', data));
        const log = await openKafkaLog({
          settings: { ...KAFKA_DEFAULTS, brokers: [cluster.broker.address], prefix },
          registry: () => connectRegistry({ url: cluster.registryUrl, prefix, register: false, clock: systemClock }),
          clock: systemClock,
          topics: [TOPICS.triggers, TOPICS.handoffs],
        });
        try {
          await sample(what, url, log, sampling);
        } finally {
          await log.close();
        }
      } finally {
        await stop();
      }
    }
  });
}
