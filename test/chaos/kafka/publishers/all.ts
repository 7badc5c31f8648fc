import type { createRandom } from '#app/generator/random';
import type { KafkaRuntimeSettings } from '#app/kafka/settings';
import { createCodec } from '#lib/avro/codec';
import { systemClock } from '#lib/clock/system';
import { createClient } from '#lib/log/kafka/client';
import { connectRegistry } from '#lib/log/kafka/registry/registry';
import type { Fleet } from '#test/chaos/kafka/fleet/fleet';
import { startDirectPublisher } from '#test/chaos/kafka/publishers/direct';
import type { Ledger } from '#test/chaos/kafka/publishers/ledger';
import { startHttpPublisher } from '#test/chaos/kafka/publishers/over-http';
import type { Publisher } from '#test/chaos/kafka/publishers/publisher';

/** Starts publishers of every kind. `numbers`: random ones for each of them, by its number. */
export async function startPublishers(
  settings: KafkaRuntimeSettings,
  fleet: Fleet,
  ledger: Ledger,
  numbers: (stream: number) => ReturnType<typeof createRandom>,
): Promise<Publisher[]> {
  const registry = await connectRegistry({ ...settings.registry, register: true, clock: systemClock });
  registry.close();
  const codec = createCodec(registry);
  const kafka = createClient({ ...settings.kafka, clientId: 'publisher' });
  const urls = fleet.instances.filter(({ seat }) => seat.parts.includes('collect')).map(({ url }) => url);
  const direct = (nth: number, name: string, transactional: boolean) =>
    startDirectPublisher({
      name,
      kafka,
      codec,
      ledger,
      transactional,
      random: numbers(nth),
      pause: 200,
    });
  const http = (nth: number) =>
    startHttpPublisher({ name: `http-${nth}`, urls, ledger, random: numbers(nth), pause: 150 });
  return [
    http(0),
    http(1),
    direct(2, 'plain', false),
    direct(3, 'transactional', true),
    direct(4, 'transactional-too', true),
  ];
}
