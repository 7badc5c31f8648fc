import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { generate } from '#app/generator/generate';
import { importEvents } from '#app/import/import';
import { createCodec } from '#lib/avro/codec';
import type { SchemaRegistry } from '#lib/avro/registry';
import { systemClock } from '#lib/clock/system';
import { DeciderMachine } from '#lib/flow/decider-machine';
import type { Outgoing } from '#lib/flow/log';
import { Overlay } from '#lib/flow/table';
import { sha256 } from '#lib/hash/sha256';
import { createCompiler } from '#lib/model/compile';
import { readModel, versionOf } from '#lib/model/files';
import { type ActivityMessage, TOPICS } from '#schemas/topics';
import { createIdentifyTopology } from '#services/identify/topology';
import { openPartitions } from '#test/bench/kafka-streams/input/partitions';
import { PARTITIONS } from '#test/bench/kafka-streams/workload';

const HOUR = 3_600_000;

/**
 * Writes two months of made-up people into lead.activity, as identify decides on an import of them; the same ones each time.
 * Returns the bytes of an average record.
 */
export async function writeHistory(kafka: Kafka, registry: SchemaRegistry, people: number): Promise<number> {
  const { decider } = createIdentifyTopology({
    hash: sha256,
    compile: createCompiler(),
    partitions: PARTITIONS,
    tickEvery: 10_000,
    importTickEvery: HOUR,
  });
  const codec = createCodec(registry);
  const writer = await openPartitions(kafka, TOPICS.activity);
  const table = new Overlay();
  let count = 0;
  let bytes = 0;
  let offset = 0;

  async function write({ topic, partition, key, value }: Outgoing): Promise<void> {
    if (topic !== TOPICS.activity) return;
    const encoded = Buffer.from(codec.encode(value as ActivityMessage));
    count += 1;
    bytes += encoded.length;
    await writer.write(partition, key, encoded);
  }

  /** The log of the import: identify decides at once on what it is given. */
  async function publish(records: readonly Outgoing[]): Promise<void> {
    const machine = new DeciderMachine(decider, () => PARTITIONS, table);
    for (const { topic, partition, key, value } of records) {
      if (topic !== TOPICS.events) continue;
      const input = { topic, partition, offset: offset++, key, value };
      while (machine.decide(input, systemClock.now()) === 'more');
    }
    table.apply(machine.changes());
    for (const output of machine.outputs) await write(output);
  }

  const files = await readModel('model');
  const spool = await mkdtemp(join(tmpdir(), 'history-'));
  await importEvents({
    log: { publish, namedPosition: async () => undefined },
    hash: sha256,
    clock: systemClock,
    inputs: [{ name: '-', size: undefined, open: () => linesOf(people) }],
    sorted: true,
    historic: false,
    logged: undefined,
    spoolDir: join(spool, 'import'),
    disk: { free: async () => Number.POSITIVE_INFINITY, growth: 0, named: spool, remedy: '' },
    goOn: '',
    model: { version: versionOf(files), files },
  });
  await rm(spool, { recursive: true, force: true });
  await writer.close();
  return bytes / count;
}

async function* linesOf(leads: number): AsyncGenerator<Uint8Array> {
  for (const text of generate({ leads, days: 60, seed: 7 })) yield Buffer.from(text);
}
