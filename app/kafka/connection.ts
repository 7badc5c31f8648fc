import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { systemClock } from '#lib/clock/system';
import { FlowError } from '#lib/flow/errors';
import type { Log } from '#lib/flow/log';
import type { ClientLog } from '#lib/log/kafka/client';
import { openKafkaLog } from '#lib/log/kafka/log';
import { connectRegistry, type KafkaSchemaRegistry } from '#lib/log/kafka/registry/registry';
import { TOPICS } from '#schemas/topics';

/** The log of an installation, with its registry. Rejects with one plain line if either cannot be used as it is. */
export async function connectLog(settings: KafkaRuntimeSettings, onLog: ClientLog): Promise<Log> {
  let registry: KafkaSchemaRegistry | undefined;
  try {
    const log = await openKafkaLog({
      settings: settings.kafka,
      registry: async () => {
        registry = await registryOf(settings);
        return registry;
      },
      clock: systemClock,
      topics: Object.values(TOPICS),
      onLog,
    });
    return {
      ...log,
      async close() {
        registry?.close();
        await log.close();
      },
    };
  } catch (error) {
    registry?.close();
    throw error;
  }
}

async function registryOf({ registry, kafka: { prefix } }: KafkaRuntimeSettings): Promise<KafkaSchemaRegistry> {
  try {
    return await connectRegistry({ ...registry, prefix, register: true, clock: systemClock });
  } catch (thrown) {
    if (!(thrown instanceof FlowError && thrown.retriable)) throw thrown;
    const { message } = thrown;
    throw new FlowError('outage', `${message}; start it, or name another one with --registry`, {
      retriable: true,
      cause: thrown,
    });
  }
}
